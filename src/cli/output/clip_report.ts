import type { ClipFrames } from "../../plan/clip_frames.ts";
import { countText } from "../../report/amounts.ts";

/** Frames that are listed before the rest is left out. */
const LISTED = 12;

/** The frames that a recipe takes of a clip, as JSON gives them. */
export interface ClipDocument {
  /** The count of all frames; null where nobody knows. */
  frames: number | null;
  /** Frames a second; null where nobody knows. */
  fps: number | null;
  /** The indices of the frames that are taken. */
  indices: readonly number[];
  /** The seconds at which they stand; absent where nobody knows. */
  timestamps?: readonly number[];
}

/** Returns the frames that a recipe takes of a clip as JSON gives them. */
export function clipDocument({ indices, fps, frames }: ClipFrames): ClipDocument {
  const timestamps = fps === undefined ? {} : { timestamps: indices.map((index) => index / fps) };
  return { frames: frames ?? null, fps: fps ?? null, indices, ...timestamps };
}

/** Returns the frames that a recipe, by its name, takes of a clip: in one line, of many the ends. */
export function clipText(recipe: string, clip: ClipFrames): string {
  const { indices, fps, frames } = clip;
  const each = indices.map((index) => fps === undefined ? `${index}` : `${index} (${time(index / fps)})`);
  const shown = each.length <= LISTED ? each : [...each.slice(0, LISTED - 2), "…", ...each.slice(-1)];
  const rate = fps === undefined ? "" : ` at ${fps} a second`;
  const whole = frames === undefined ? "" : ` of ${frames}`;
  return `${recipe} takes ${countText(indices.length, "frame")}${whole}${rate}: ${shown.join(", ")}`;
}

function time(seconds: number): string {
  return `${seconds.toFixed(2)} s`;
}
