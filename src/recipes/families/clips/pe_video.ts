import type { Fields } from "../../fields.ts";
import { CLIP, commonFields } from "../../parts/common_fields.ts";
import { centred, mostInSteps } from "../../parts/placements.ts";
import { resizedSize } from "../../parts/resized_size.ts";
import { cropOf, resizeKeys } from "../../parts/size_keys.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { composeFrameClips } from "../../videos/frame_clips.ts";
import { samplingOf } from "../../videos/frame_sampling.ts";
import { firstToLastOrUniform } from "../../videos/samplers.ts";

/** The steps that this class takes where its config asks for them, and by default takes none of. */
const STEPS = ["do_resize", "do_rescale", "do_normalize"] as const;

/**
 * PE-Video's clips. By default a frame is left as it is, bytes included. Clips are filled up with frames of
 * zeros.
 *
 * Outputs: `pixel_values_videos` `[clips, frames, 3, height, width]`, and where clips differ in length
 * `padding_mask_videos` `[clips, frames]`.
 *
 * Source: transformers `models/pe_video/video_processing_pe_video.py`.
 */
export function peVideo(fields: Fields): ProcessorRecipe {
  const [doResize, doRescale, doNormalize] = STEPS.map((field) => fields.boolean(field) ?? false);
  const common = commonFields(fields, { filter: "bilinear", ...CLIP });
  const { rounding, rescale, normalize } = common.values, { filter, resampler } = common;
  if (doNormalize && (fields.value("image_mean") == null || fields.value("image_std") == null)) {
    throw fields.bad("image_mean", "three numbers, and so is image_std, where do_normalize is true");
  }
  if (doResize && fields.value("size") == null) throw fields.bad("size", "a size where do_resize is true");
  const size = doResize ? resizeKeys(fields, { shortest_edge: 1 }, "square") : undefined;
  const crop = cropOf(fields);
  return {
    kind: "processor",
    name: "pe_video",
    parameters: fields.given(),
    values: { rounding, ...(doRescale ? { rescale } : {}), ...(doNormalize ? { normalize } : {}) },
    sampling: samplingOf(fields, { choose: firstToLastOrUniform }),
    *compose(composer) {
      const clips = yield* composeFrameClips(composer, {
        name: "pe_video",
        filter,
        dtype: doRescale || doNormalize ? undefined : "u8",
        pad: true,
        steps(clip) {
          const content = size ? resizedSize(clip.size, size) : clip.size, canvas = crop ?? content;
          return { content, canvas, offset: centred(content, canvas, resampler) };
        },
        text: () => ({}),
      });
      const most = yield* mostInSteps(composer.samples);
      if (clips.every(({ frames }) => frames === most)) return;
      const values = clips.flatMap(({ frames }) =>
        Array.from({ length: most }, (_, i) => Number(i < frames))
      );
      composer.integers("padding_mask_videos", { dtype: "bool", shape: [clips.length, most], values });
    },
  };
}
