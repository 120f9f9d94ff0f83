import { shown, VitrailError } from "../../errors.ts";
import { isCount } from "../fields.ts";

/** A clip before its frames are chosen: how many it has, and how fast they follow one another. */
export interface ClipTiming {
  /** The count of all frames. */
  frames: number;
  /** Frames a second; absent where nobody knows. */
  fps?: number;
  /**
   * Seconds. By default `frames / fps`, as Python's decoders report it. Null says that there is none, as
   * where Python is given an array and a rate: some classes then infer it in a way of their own.
   */
  duration?: number | null;
}

/** The fields by which classes choose frames, under Python's names. Null is Python's None. */
export interface SamplingFields {
  /** Frames a second to take. */
  fps?: number | null;
  /** The count of frames to take; the most, for some classes. */
  num_frames?: number | null;
  /** The fewest frames to take. */
  min_frames?: number | null;
  /** The most frames to take. */
  max_frames?: number | null;
  /** Frames that share their rows. */
  temporal_patch_size?: number | null;
  /** The most seconds of which frames are taken. */
  max_duration?: number | null;
  /** The position of the first frame; true for half a step. */
  initial_shift?: number | boolean | null;
  /** The most main frames to take (MiniCPM-V). */
  max_num_frames?: number | null;
  /** Frames a second that are stacked beside a main frame (MiniCPM-V). */
  stack_frames?: number | null;
}

/**
 * Chooses a clip's frames. Returns their indices in order; some classes repeat the last.
 * @param clip the clip, whose duration is known or null
 * @param asked the fields of the call, and the config's where the call says nothing
 * @param own the config's fields
 * @throws {VitrailError} `shape` for a clip, and `recipe` for fields, of which Python can make nothing.
 */
export type Sampler = (clip: KnownTiming, asked: SamplingFields, own: SamplingFields) => number[];

/** A clip whose duration, seconds, is known or null. */
export interface KnownTiming extends ClipTiming {
  /** Seconds; null where there are none. */
  duration: number | null;
}

/** The most seconds of a clip, and its most frames a second. */
const LONGEST = 1e6;

/** The most frames that are taken of a clip: all of three hours. */
const MOST_TAKEN = 2 ** 18;

/**
 * Returns a clip with its duration.
 * @throws {VitrailError} `usage` for counts, rates and durations that no clip has.
 */
export function knownTiming(clip: ClipTiming): KnownTiming {
  const { frames, fps, duration } = clip;
  if (!isCount(frames)) {
    throw new VitrailError("usage", `a clip has a whole number of frames from 1 up, found ${shown(frames)}`);
  }
  for (const [name, value] of [["fps", fps], ["duration", duration]] as const) {
    const known = value == null || typeof value === "number" && value > 0 && value <= LONGEST;
    if (known) continue;
    throw new VitrailError(
      "usage",
      `a clip's ${name} is a number above 0, ${LONGEST} at most, found ${shown(value)}`,
    );
  }
  if (duration !== undefined || fps === undefined) return { ...clip, duration: duration ?? null };
  if (frames / fps <= LONGEST) return { ...clip, duration: frames / fps };
  const found = `${frames} frames at ${fps} a second`;
  throw new VitrailError("usage", `a clip has a duration of ${LONGEST} seconds at most, found ${found}`);
}

/** @throws {VitrailError} `shape` for more frames than may be taken of a clip. */
export function requireFew(clip: ClipTiming, count: number): void {
  if (count <= MOST_TAKEN) return;
  throw clipRefusal(clip, `${count} are to be taken, and ${MOST_TAKEN} is the most`);
}

/** Returns the `shape` error of a clip whose frames cannot be chosen. */
export function clipRefusal({ frames, fps }: ClipTiming, reason: string): VitrailError {
  const rate = fps === undefined ? "" : ` at ${fps} frames a second`;
  return new VitrailError("shape", `no frames can be chosen of a clip of ${frames}${rate}: ${reason}`);
}

/**
 * Returns the clip's rate.
 * @throws {VitrailError} `shape` where nobody knows it.
 */
export function requireRate(clip: ClipTiming): number {
  if (clip.fps !== undefined) return clip.fps;
  throw clipRefusal(clip, "its class needs the clip's fps, and none is given");
}
