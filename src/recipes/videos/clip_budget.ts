import type { Size } from "../../plan/geometry.ts";
import { type PixelBudget, requireAspect } from "../parts/pixel_budget.ts";
import { roundHalfEven } from "../parts/resized_size.ts";
import { refusal } from "../refusal.ts";
import type { Clip } from "./clips.ts";

/** The choices of `withinClipBudget`. */
export interface ClipBudgetOptions {
  /** The rounding of the count of frames to whole steps; Python's `round` by default. */
  roundSteps?: (steps: number) => number;
  /** False where frames smaller than a group of patches are refused, and not enlarged first. */
  enlarge?: boolean;
  /** False where clips of fewer frames than a step are taken. */
  wholeStep?: boolean;
}

/**
 * Returns the nearest size of a clip's frames whose sides are multiples of the budget's factor, and whose
 * pixels of all frames together are within the budget.
 * Source: transformers `models/qwen3_vl/video_processing_qwen3_vl.py`, `smart_resize`; `models/cosmos3_edge/
 * video_processing_cosmos3_edge.py`, `smart_resize_video`.
 * @param time frames that share rows
 * @throws {VitrailError} `shape` for clips that Python refuses.
 */
export function withinClipBudget(
  name: string,
  clip: Clip,
  { factor, least, most }: PixelBudget,
  time: number,
  { roundSteps = roundHalfEven, enlarge = true, wholeStep = true }: ClipBudgetOptions = {},
): Size {
  const { frames } = clip;
  if (wholeStep && frames < time) {
    throw refusal(name, clip.size, `a clip has ${time} frames or more, not ${frames}`);
  }
  if (!enlarge && Math.min(clip.size.width, clip.size.height) < factor) {
    throw refusal(name, clip.size, `both sides of a frame are ${factor} pixels or more`);
  }
  const { width, height } = atLeast(clip.size, factor);
  requireAspect(name, clip.size, { width, height });
  const round = (side: number) => roundHalfEven(side / factor) * factor;
  const counted = roundSteps(frames / time) * time, rounded = { width: round(width), height: round(height) };
  const pixels = counted * rounded.height * rounded.width;
  if (pixels > most) {
    const beta = Math.sqrt(frames * height * width / most);
    const floor = (side: number) => Math.max(factor, Math.floor(side / beta / factor) * factor);
    return { width: floor(width), height: floor(height) };
  }
  if (pixels < least) {
    const beta = Math.sqrt(least / (frames * height * width));
    const ceil = (side: number) => Math.ceil(side * beta / factor) * factor;
    return { width: ceil(width), height: ceil(height) };
  }
  return rounded;
}

/** The size scaled up, sides truncated, until both reach `side`. */
function atLeast({ width, height }: Size, side: number): Size {
  if (width >= side && height >= side) return { width, height };
  const scale = Math.max(side / height, side / width);
  return { width: Math.trunc(width * scale), height: Math.trunc(height * scale) };
}
