import type { Fields } from "../../fields.ts";
import { patchFields, patchPattern } from "../../parts/patches.ts";
import { roundHalfEven } from "../../parts/resized_size.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { samplingOf } from "../../videos/frame_sampling.ts";
import { glm5NextFrames } from "../../videos/glm_samplers.ts";
import { composePatchClips } from "../../videos/patch_clips.ts";
import { ASSUMED_RATE } from "../../videos/samplers.ts";
import { canvasOf, contentOf } from "../patches/glm5_next.ts";
import { glmText, tenthsOfSeconds } from "./glm4v_video.ts";
import { expandOf } from "../patches/glmga.ts";

const NAME = "glm5_next";

/**
 * GLM-5 Next's clips. A canvas of whole groups of patches is sought for all frames, `min_image_tokens` (16)
 * to `max_image_tokens` (240 000) tokens large together. Frames stand at its top left as pictures do. Each
 * step's text ends with its time in tenths of seconds.
 *
 * Outputs: `pixel_values_videos` `[patches, 3 · t · p · p]`, `video_grid_thw` `[clips, 3]`. `size` changes
 * nothing.
 *
 * Source: transformers `models/glm5_next/modular_glm5_next.py`, `processing_glm5_next.py`.
 */
export function glm5NextVideo(fields: Fields): ProcessorRecipe {
  const { values, backend, patch, time, merge, doResize, filter } = patchFields(fields, 2);
  fields.leaveUnused("max_image_size"); // the class keeps it, and does not read it
  const factor = patch * merge * expandOf(fields, backend), pixels = time * factor ** 2;
  const least = (fields.count("min_image_tokens") ?? 16) * pixels;
  const most = (fields.count("max_image_tokens") ?? 240000) * pixels;
  const text = glmText(fields, merge, tenthsOfSeconds);
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    sampling: samplingOf(fields, {
      choose: glm5NextFrames,
      on: true,
      fps: 2,
      max_frames: 2048,
      max_duration: 0,
      ofConfig: ["max_frames", "max_duration"],
      unread: ["num_frames"],
      assumedRate: ASSUMED_RATE,
    }),
    *compose(composer) {
      yield* composePatchClips(composer, {
        name: NAME,
        patch,
        time,
        filter,
        ...patchPattern({ patch, time, merge }),
        fit({ size, frames }) {
          if (!doResize) return { canvas: size };
          const counted = Math.max(time, roundHalfEven(frames / time) * time);
          const budget = { factor, frames: counted, own: frames, least, most };
          const canvas = canvasOf(size, budget);
          return { canvas, content: contentOf(size, canvas, budget) };
        },
        text,
      });
    },
  };
}
