import type { Fields } from "../../fields.ts";
import { CLIP, commonFields } from "../../parts/common_fields.ts";
import { centred } from "../../parts/placements.ts";
import { resizedSize } from "../../parts/resized_size.ts";
import { cropOf, resizeKeys } from "../../parts/size_keys.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { composeFrameClips } from "../../videos/frame_clips.ts";
import { samplingOf } from "../../videos/frame_sampling.ts";
import { uniform } from "../../videos/samplers.ts";

const NAME = "llava_onevision";

/**
 * LLaVA-OneVision's clips. Each frame is a tile, whose features are pooled two by two; a clip has a newline.
 *
 * Outputs: `pixel_values_videos` `[clips, frames, 3, height, width]`. The processor's `num_image_tokens` says
 * how many features a tile becomes. Without it, as by default, there is no token count.
 *
 * Source: transformers `models/llava_onevision/video_processing_llava_onevision.py`,
 * `processing_llava_onevision.py`, `__call__`.
 */
export function llavaOnevisionVideo(fields: Fields): ProcessorRecipe {
  const { doResize, filter, resampler, values } = commonFields(fields, { filter: "bicubic", ...CLIP });
  // Older files share the config of the class for pictures.
  fields.leaveUnused("image_grid_pinpoints", "vision_aspect_ratio");
  fields.ignore("vision_feature_select_strategy", "image_token");
  const size = resizeKeys(fields, { height: 384, width: 384 }, "shortest_edge"), crop = cropOf(fields);
  const features = fields.count("num_image_tokens"), token = fields.text("video_token") ?? "<video>";
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    sampling: samplingOf(fields, { choose: uniform }),
    *compose(composer) {
      yield* composeFrameClips(composer, {
        name: NAME,
        filter,
        steps(clip) {
          const content = doResize ? resizedSize(clip.size, size) : clip.size, canvas = crop ?? content;
          return { content, canvas, offset: centred(content, canvas, resampler) };
        },
        text({ frames }) {
          if (features === undefined) return {};
          const tokens = frames * Math.ceil(Math.floor(Math.sqrt(features)) / 2) ** 2 + 1;
          return { token, tokens, parts: [[token, tokens]] };
        },
      });
    },
  };
}
