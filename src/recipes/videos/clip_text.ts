import { chosenRate, type ClipFrames } from "../../plan/clip_frames.ts";
import type { ImageText, TextPart, TokenGrid } from "../../plan/image_text.ts";
import { roundHalfEven } from "../parts/resized_size.ts";
import type { GriddedClip } from "./patch_clips.ts";
import { ASSUMED_RATE } from "./samplers.ts";

/** Returns a number with one decimal as Python's `:.1f` writes it: halves go to the even neighbour. */
export function tenthsText(value: number): string {
  return Number.isInteger(value * 4) ? (roundHalfEven(value * 10) / 10).toFixed(1) : value.toFixed(1);
}

/**
 * Returns the seconds at which a clip's frames stand.
 * @param assumed the rate of a clip whose rate nobody knows
 */
export function timestampsOf({ indices, fps }: ClipFrames, assumed = ASSUMED_RATE): number[] {
  return indices.map((index) => index / (fps ?? assumed));
}

/**
 * Returns the seconds of each step of `time` frames: the middle between its first and its last. The last
 * frame is repeated until the last step is full.
 * Source: transformers `models/qwen3_vl/processing_qwen3_vl.py`, `_calculate_timestamps`.
 */
export function middleTimes(chosen: ClipFrames, time: number): number[] {
  const times = timestampsOf(chosen);
  const at = (frame: number) => times[Math.min(frame, times.length - 1)];
  const steps = Math.ceil(times.length / time);
  return Array.from({ length: steps }, (_, step) => (at(step * time) + at(step * time + time - 1)) / 2);
}

/**
 * Returns the seconds of the first frame of each step of `time` frames. The last is repeated where there are
 * fewer than `steps`.
 * Source: transformers `models/glm4v/processing_glm4v.py`, `replace_video_token`.
 */
export function firstTimes(chosen: ClipFrames, time: number, steps: number): number[] {
  const times = timestampsOf(chosen).filter((_, frame) => frame % time === 0);
  return Array.from({ length: steps }, (_, step) => times[Math.min(step, times.length - 1)]);
}

/** The texts of the special tokens around a clip's steps. */
export interface StepMarks {
  /** One token of a step. */
  token: string;
  /** The beginning of a step's tokens. */
  start: string;
  /** The end of a step's tokens. */
  end: string;
}

/** Returns the text of a clip's steps: each has its time in seconds before its `tokens` tokens. */
export function timedSteps(
  times: readonly number[],
  { token, start, end }: StepMarks,
  tokens: number,
): TextPart[] {
  return times.flatMap((at) => [`<${tenthsText(at)} seconds>${start}`, [token, tokens] as const, end]);
}

/** Returns the grid of a clip's tokens, of `merge` by `merge` patches each. */
export function tokenGridOf({ grid: [steps, rows, columns] }: GriddedClip, merge: number): TokenGrid {
  return { steps, rows: Math.floor(rows / merge), columns: Math.floor(columns / merge) };
}

/** Returns the tokens of one step of a clip, of `merge` by `merge` patches each. */
export function stepTokens({ grid: [, rows, columns] }: GriddedClip, merge: number): number {
  return Math.floor(rows * columns / merge ** 2);
}

/**
 * Returns the seconds from one step of `time` frames to the next, where the clip's rate is known.
 * @param fallback frames a second that were taken, where the clip does not say
 */
export function secondsOfStep(
  chosen: ClipFrames,
  time: number,
  fallback?: number | null,
): Pick<ImageText, "secondsPerStep"> {
  const rate = chosenRate(chosen) ?? fallback ?? undefined;
  return rate === undefined ? {} : { secondsPerStep: time / rate };
}
