import type { Picture } from "../codecs/picture.ts";
import { VitrailError } from "../errors.ts";

/** What one run takes: the pictures of one sample, or a list of pictures for each of several samples. */
export type Call = readonly Picture[] | readonly (readonly Picture[])[];

/**
 * A call's pictures in order, and where it is a list of samples, how many of them each has.
 * @throws {VitrailError} `usage` where pictures and lists of pictures stand side by side, or a list is empty.
 */
export function samplesOf(call: Call): { pictures: Picture[]; samples?: number[] } {
  const lists = call.filter(Array.isArray).length;
  if (lists === 0) return { pictures: [...call as Picture[]] };
  if (lists < call.length) {
    throw new VitrailError(
      "usage",
      `a call is a list of pictures or a list of samples; found ${lists} lists among ${call.length} items`,
    );
  }
  const samples = call as readonly (readonly Picture[])[];
  const empty = samples.findIndex((sample) => sample.length === 0);
  if (empty >= 0) throw new VitrailError("usage", `sample ${empty + 1} of the call has no pictures`);
  return { pictures: samples.flat(), samples: samples.map((sample) => sample.length) };
}
