import type { Picture } from "../codecs/picture.ts";
import { shown, VitrailError } from "../errors.ts";
import { type ClipSource, isClipSource } from "./clip_source.ts";

/**
 * The argument of one run: the pictures of one sample, a list of pictures for each of several samples, which
 * may have none, or sources of clips, each of which is a sample.
 */
export type Call = readonly Picture[] | readonly (readonly Picture[])[] | readonly ClipSource[];

/**
 * Returns a call's pictures in order and, for a list of samples, how many of them each sample has.
 * @throws {VitrailError} `usage` where pictures and lists of pictures stand side by side.
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
  return { pictures: samples.flat(), samples: samples.map((sample) => sample.length) };
}

function kindOf(call: unknown): string {
  return typeof call === "string" ? `the one ${shown(call)}` : shown(call);
}

/**
 * Returns a call's sources of clips; undefined for a call of pictures.
 * @throws {VitrailError} `usage` where sources and pictures stand side by side.
 */
export function clipsIn(call: Call): readonly ClipSource[] | undefined {
  if (!Array.isArray(call)) return undefined;
  const clips = call.filter(isClipSource);
  if (clips.length === 0) return undefined;
  if (clips.length === call.length) return clips;
  throw new VitrailError(
    "usage",
    `a call is of pictures or of clips; found ${clips.length} clips among ${call.length} items`,
  );
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
