import type { Picture } from "../codecs/picture.ts";
import { VitrailError } from "../errors.ts";

/** The argument of one run: the pictures of one sample, or a list of pictures for each of several samples. */
export type Call = readonly Picture[] | readonly (readonly Picture[])[];

/**
 * Returns a call's pictures in order and, for a list of samples, how many of them each sample has.
 * @throws {VitrailError} `usage` where pictures and lists of pictures stand side by side, or a list is empty.
 */
export function samplesOf(call: Call): { pictures: Picture[]; samples?: number[] } {
  if (!Array.isArray(call)) {
    throw new VitrailError("usage", `run takes a list of pictures, found ${kindOf(call)}`);
  }
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

function kindOf(call: unknown): string {
  if (typeof call === "string") return `the one "${call}"`;
  return call === null ? "null" : `a value of type ${typeof call}`;
}

/**
 * Yields a source's calls. A source that fails gives its error as the last item, after all calls before it.
 */
export async function* itemsOf<T>(
  calls: AsyncIterable<T> | Iterable<T>,
): AsyncGenerator<{ call: T } | { error: unknown }, void, void> {
  try {
    for await (const call of calls) yield { call };
  } catch (error) {
    yield { error };
  }
}
