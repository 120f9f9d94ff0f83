import { shown, VitrailError } from "../../errors.ts";
import { isObject, requireGiven } from "../../given/given_value.ts";
import type { ClipFrames } from "../../plan/clip_frames.ts";
import { type Size, sizeText } from "../../plan/geometry.ts";
import { BySize } from "../../plan/images/by_size.ts";
import { eachInSteps } from "../../runtime/in_steps.ts";
import { ONE_PIECE, readerOf } from "../../runtime/long_list.ts";
import type { Composing } from "../recipe.ts";
import { type EntryKind, FACTOR, ListCopy, mixed } from "./list_copy.ts";

/** The lists of a call. */
export interface CallLists {
  /** The sizes of its upright pictures. */
  readonly pictures: readonly Size[];
  /** The count of each sample's pictures; absent for a flat list. */
  readonly samples?: readonly number[];
  /** The origin of each sample's frames; absent where clips are whole. */
  readonly clips?: readonly ClipFrames[];
}

/**
 * Returns what copies a call's lists in steps, as they are now. Short lists are copied at once, and may be
 * changed at any time. Pictures of one size share one copy, which cannot be changed.
 * @param areClips true where each sample is a clip
 * @throws {VitrailError} `usage` where there is no picture, or one of a size that no picture has; for samples
 * that do not add up to all pictures, and clips that are not the samples'; for a long list that is changed
 * before it is copied. So do the steps.
 */
export function copiedLists(given: CallLists, areClips: boolean): Composing<CallLists> {
  const { pictures, samples, clips } = given;
  if (pictures.length === 0) {
    const least = areClips ? "a clip needs at least one frame" : "a sample needs at least one picture";
    throw new VitrailError("usage", `${least}, found none`);
  }
  const copying = copiedInSteps({
    sizes: new ListCopy("pictures", pictures, sizeKind()),
    counts: samples && new ListCopy("samples", samples, countKind(samples, pictures.length, areClips)),
    origins: clips && new ListCopy("clips", clips, clipKind(pictures.length)),
  }, areClips);
  const entries = pictures.length + (samples?.length ?? 0) + (clips?.length ?? 0);
  if (entries > ONE_PIECE) return rest(copying);
  let step = copying.next();
  while (!step.done) step = copying.next();
  return rest(copying, step.value);
}

/** Goes on with a copying, unless its lists are there already. */
function* rest(copying: Composing<CallLists>, lists?: CallLists): Composing<CallLists> {
  return lists ?? (yield* copying);
}

/** The copying of each list of a call. */
interface Copies {
  readonly sizes: ListCopy<Size>;
  readonly counts?: ListCopy<number>;
  readonly origins?: ListCopy<ClipFrames>;
}

function* copiedInSteps({ sizes, counts, origins }: Copies, areClips: boolean): Composing<CallLists> {
  const pictures = yield* sizes.entries();
  const samples = counts && (yield* counts.entries());
  const clips = origins && (yield* origins.entries());
  if (samples) yield* requireSum(samples, pictures.length, areClips);
  if (clips) yield* requireFrames(clips, samples ?? [pictures.length]);
  return { pictures, samples, clips };
}

/** Pictures: those of one size share one copy. */
function sizeKind(): EntryKind<Size> {
  const known = new BySize<Size>();
  // None at first: by a size of NaN, V8 would box the sides of the caller's sizes, 32 bytes each.
  let last: Size | undefined;
  return {
    sum: sumOfSizes,
    copy: (size, index) => {
      const width = size?.width, height = size?.height;
      if (last !== undefined && width === last.width && height === last.height) return last;
      if (!isSide(width) || !isSide(height)) throw badSize(size, index);
      const copy = { width, height };
      return last = known.of(copy, () => Object.freeze(copy));
    },
  };
}

/**
 * Returns the sum of pictures' sizes, up to an entry that has none. Of a million it takes 4 ms, and 7 before
 * V8 has compiled it; by calls of `mixed` it took twice as long.
 */
function sumOfSizes(before: number, sizes: readonly Size[]): number {
  let sum = before;
  try {
    for (let index = 0; index < sizes.length; index++) {
      const { width, height } = sizes[index];
      if ((width | 0) === width && (height | 0) === height) {
        sum = Math.imul(sum ^ Math.imul(width, FACTOR) ^ height, FACTOR);
        sum ^= sum >>> 15;
      } else {
        sum = mixed(mixed(sum, width), height);
      }
    }
  } catch {
    return sum; // `copy` refuses the entry, too
  }
  return sum;
}

function isSide(value: unknown): boolean {
  return typeof value === "number" && value >= 1 && Number.isSafeInteger(value);
}

function badSize(size: unknown, index: number): VitrailError {
  const found = isObject(size) ? sizeText(size as unknown as Size) : shown(size);
  return new VitrailError("usage", `a picture has whole sides from 1 up; picture ${index + 1} is ${found}`);
}

/** Samples: each is the count of its pictures, which may be none, but for a clip. */
function countKind(samples: readonly number[], pictures: number, areClips: boolean): EntryKind<number> {
  const isCount = (count: number) => Number.isSafeInteger(count) && count >= (areClips ? 1 : 0);
  return {
    sum: (before, counts) => {
      let sum = before;
      for (let sample = 0; sample < counts.length; sample++) {
        const count = counts[sample];
        if (typeof count !== "number") break;
        sum = mixed(sum, count);
      }
      return sum;
    },
    copy: (count) => {
      if (isCount(count)) return count;
      throw badCounts(samples, pictures, areClips);
    },
  };
}

/** Requires that the counts of all samples add up to all pictures. */
function* requireSum(samples: readonly number[], pictures: number, areClips: boolean): Composing {
  let sum = 0;
  yield* eachInSteps(samples, (count) => {
    sum += count;
  });
  if (sum !== pictures) throw badCounts(samples, pictures, areClips);
}

function badCounts(samples: readonly number[], pictures: number, areClips: boolean): VitrailError {
  return new VitrailError(
    "usage",
    `samples says how many of the ${pictures} pictures each sample has, from ${areClips ? 1 : 0} up; found ` +
      shown(samples),
  );
}

/** Clips: each has indices of frames, at most `pictures` of them. */
function clipKind(pictures: number): EntryKind<ClipFrames> {
  return {
    sum: (before, clips) => sumOfClips(before, clips, pictures),
    copy: (clip, index) => {
      requireGiven(`clips[${index}]`, clip, "an object", "{ indices, fps }");
      const { indices } = clip;
      requireGiven(`clips[${index}].indices`, indices, "a list", "[0, 8, 16]");
      if (indices.length <= pictures) return { ...clip, indices: [...indices] };
      throw new VitrailError(
        "usage",
        `clips says which frame each picture is: clips[${index}] has ${indices.length} indices, and ` +
          `pictures are ${pictures}`,
      );
    },
  };
}

/** Returns the sum of clips as `sumOfSizes` does; ends at one of more indices than there are pictures. */
function sumOfClips(before: number, clips: readonly ClipFrames[], pictures: number): number {
  let sum = before;
  try {
    for (let clip = 0; clip < clips.length; clip++) {
      const { indices, fps, frames, duration } = clips[clip], { length } = indices;
      if (length > pictures) break;
      sum = mixed(mixed(mixed(mixed(sum, length), fps), frames), duration);
      for (let at = 0; at < length; at++) {
        const index = indices[at];
        if ((index | 0) === index) {
          sum = Math.imul(sum ^ index, FACTOR);
          sum ^= sum >>> 15;
        } else {
          sum = mixed(sum, index);
        }
      }
    }
  } catch {
    return sum; // `copy` refuses the clip, too
  }
  return sum;
}

/** Requires that each sample's clip has as many indices as the sample has frames. */
function* requireFrames(clips: readonly ClipFrames[], samples: readonly number[]): Composing {
  let areSame = clips.length === samples.length;
  const countAt = readerOf(samples);
  yield* eachInSteps(clips, ({ indices }, clip) => {
    areSame &&= indices.length === countAt(clip);
  });
  if (areSame) return;
  const wanted = listed(samples);
  const found = listed(clips.slice(0, LISTED + 1).map(({ indices }) => indices.length));
  throw new VitrailError(
    "usage",
    `clips says which frame each picture is: indices of ${wanted} frames, found ${found}`,
  );
}

/** The most numbers that a message lists. */
const LISTED = 20;

function listed(numbers: readonly number[]): string {
  const shown = numbers.slice(0, LISTED).join(", ");
  return numbers.length > LISTED ? `${shown}, …` : shown;
}
