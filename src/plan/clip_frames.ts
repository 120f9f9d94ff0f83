/** The frames of a clip that were chosen of a longer one, as far as their texts and positions need it. */
export interface ClipFrames {
  /** The frames' indices in the longer clip, in order. */
  indices: readonly number[];
  /** Frames a second of the longer clip; absent where nobody knows. */
  fps?: number;
  /** The count of its frames; absent where nobody knows. */
  frames?: number;
  /** Its seconds; absent where nobody knows. */
  duration?: number;
}

/**
 * Returns the frames a second of those that were chosen, or undefined where nobody knows.
 * Source: transformers `video_utils.py`, `VideoMetadata.sampled_fps`.
 */
export function chosenRate({ indices, fps, frames }: ClipFrames): number | undefined {
  if (fps === undefined || frames === undefined) return fps;
  return indices.length / frames * fps;
}
