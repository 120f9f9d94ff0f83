import type { Picture } from "../codecs/picture.ts";
import { VitrailError } from "../errors.ts";
import { requireGiven } from "../given/given_value.ts";
import type { ClipFrames } from "../plan/clip_frames.ts";
import { type Recipe, takesClips } from "../recipes/recipe.ts";
import { sampleFrames, type SampleFramesOptions } from "../recipes/sample_frames.ts";

/**
 * A clip, as a source of its frames. The frames that the recipe takes are read one after another as memory is
 * free for them; the others are passed over without being decoded.
 */
export interface ClipSource {
  /**
   * All frames of the clip, in order, or their source. A frame is a picture, encoded or raw. All are as large
   * as the first.
   */
  frames: readonly Picture[] | AsyncIterable<Picture>;
  /** The count of all frames, where `frames` is no list. */
  count?: number;
  /** Frames a second; absent where nobody knows. */
  fps?: number;
  /** Seconds; see `ClipTiming`. */
  duration?: number | null;
  /** Options by which frames are chosen, in place of the recipe's. */
  sampling?: SampleFramesOptions;
}

/** Returns true for a source of a clip's frames, and false for a picture or a list of pictures. */
export function isClipSource(value: unknown): value is ClipSource {
  return typeof value === "object" && value !== null && "frames" in value;
}

/**
 * Returns the frames that a recipe takes of a clip: all where it is no recipe of a class for videos.
 * @param name the clip's name in messages
 * @throws {VitrailError} what `sampleFrames` throws; `usage` for a source without a count, or whose count is
 * another than its list's.
 */
export function chosenFrames(recipe: Recipe, source: ClipSource, name: string): ClipFrames {
  const count = countOf(source, name), { fps, duration, sampling } = source;
  if (takesClips(recipe) || sampling !== undefined) {
    const { indices, ...origin } = sampleFrames(recipe, { frames: count, fps, duration }, sampling);
    const { timestamps: _, ...known } = origin;
    return { indices, ...known };
  }
  return { indices: Array.from({ length: count }, (_, index) => index), fps, frames: count };
}

function countOf({ frames, count }: ClipSource, name: string): number {
  requireGiven(`${name}: frames`, frames, "a list or an async iterable of pictures");
  if (count !== undefined) requireGiven(`${name}: count`, count, "a whole number from 0 up");
  const length = Array.isArray(frames) ? frames.length : undefined;
  if (count !== undefined && (length ?? count) === count) return count;
  if (count === undefined && length !== undefined) return length;
  throw new VitrailError(
    "usage",
    count === undefined
      ? `${name} is no list of frames, so it has to say how many there are: { frames, count }`
      : `${name} has ${length} frames, and its count says ${count}`,
  );
}
