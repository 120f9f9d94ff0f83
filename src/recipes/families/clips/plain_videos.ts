import type { Size } from "../../../plan/geometry.ts";
import { type ImageText, partsBetween, type TextPart } from "../../../plan/image_text.ts";
import type { Fields } from "../../fields.ts";
import { CLIP, type CommonDefaults, commonFields, HALVES } from "../../parts/common_fields.ts";
import { centred } from "../../parts/placements.ts";
import { resizedSize } from "../../parts/resized_size.ts";
import { cropOf, type NumberMeans, resizeKeys, type SizeKeys } from "../../parts/size_keys.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import type { Clip } from "../../videos/clips.ts";
import { composeFrameClips } from "../../videos/frame_clips.ts";
import { type SamplingDefaults, samplingOf } from "../../videos/frame_sampling.ts";
import { shifted, uniform } from "../../videos/samplers.ts";

/** The defaults of a class without steps of its own. */
interface PlainVideo extends CommonDefaults {
  /** `size` by default. */
  size: SizeKeys;
  /** The meaning of a `size` that is one number: `default_to_square` by default. */
  numberMeans: NumberMeans;
  /** The middle that it keeps; absent: it does not crop. */
  crop?: Size;
  /** The way in which it chooses frames. */
  sampling: SamplingDefaults;
  /** The output that gets the frames; `pixel_values_videos` by default. */
  output?: string;
  /** Reads its processor's fields. Returns what gives a clip's text, or undefined where nobody knows it. */
  text(fields: Fields): ((clip: Clip, canvas: Size) => ImageText) | undefined;
}

const SQUARE = { size: { height: 384, width: 384 }, numberMeans: "square" } as const;
const CROPPED = {
  size: { shortest_edge: 224 },
  numberMeans: "shortest_edge",
  crop: { width: 224, height: 224 },
} as const;

/**
 * InternVL's clips. Each frame is a square of one tile.
 *
 * Outputs: `pixel_values_videos` `[clips, frames, 3, height, width]`. `image_seq_length` is how many tokens a
 * frame becomes, 256 by default.
 *
 * Source: transformers `models/internvl/video_processing_internvl.py`, `processing_internvl.py`.
 */
export function internVlVideo(fields: Fields): ProcessorRecipe {
  return plainVideo("internvl", fields, {
    ...CLIP,
    filter: "bicubic",
    ...SQUARE,
    sampling: { choose: shifted, initial_shift: true },
    text(fields) {
      const tokens = fields.count("image_seq_length") ?? 256, token = "<IMG_CONTEXT>";
      const frame = (index: number): TextPart[] => [`Frame${index + 1}: <img>`, [token, tokens], "</img>"];
      return ({ frames }) => ({
        token,
        mark: fields.text("video_token") ?? "<video>",
        tokens: frames * tokens,
        parts: partsBetween(Array.from({ length: frames }, (_, index) => frame(index)), "\n"),
        typed: "marks",
        kind: 1, // the marks are those of pictures
      });
    },
  });
}

/**
 * LLaVA-NeXT-Video's clips. The middle of each frame is kept, and its features are pooled two by two.
 *
 * Outputs: `pixel_values_videos` `[clips, frames, 3, height, width]`. The processor's `patch_size` says how
 * many tokens a clip becomes.
 *
 * Source: transformers `models/llava_next_video/video_processing_llava_next_video.py`,
 * `processing_llava_next_video.py`.
 */
export function llavaNextVideo(fields: Fields): ProcessorRecipe {
  return plainVideo("llava_next_video", fields, {
    ...CLIP,
    ...CROPPED,
    filter: "bicubic",
    sampling: { choose: uniform },
    text(fields) {
      const patch = fields.count("patch_size"), token = fields.text("video_token") ?? "<video>";
      fields.ignore("vision_feature_select_strategy", "num_additional_image_tokens", "image_token");
      if (patch === undefined) return undefined;
      const pooled = (side: number) => Math.floor(Math.floor(side / patch) / 2);
      return ({ frames }, { width, height }) => repeated(token, pooled(height) * pooled(width) * frames);
    },
  });
}

/**
 * Video-LLaVA's clips. The middle of each frame is kept.
 *
 * Outputs: `pixel_values_videos` `[clips, frames, 3, height, width]`. The processor's `patch_size` (14 by
 * default) and `num_additional_image_tokens` (1) say how many tokens a clip becomes.
 *
 * Source: transformers `models/video_llava/video_processing_video_llava.py`, `processing_video_llava.py`.
 */
export function videoLlavaVideo(fields: Fields): ProcessorRecipe {
  return plainVideo("video_llava", fields, {
    ...CLIP,
    ...CROPPED,
    filter: "bicubic",
    sampling: { choose: uniform },
    text(fields) {
      const patch = fields.count("patch_size") ?? 14, token = fields.text("video_token") ?? "<video>";
      const more = fields.number("num_additional_image_tokens", "a whole number from 0 up", isNatural) ?? 1;
      fields.ignore("vision_feature_select_strategy", "image_token");
      return ({ frames }, { width, height }) => {
        return repeated(token, (Math.floor(height / patch) * Math.floor(width / patch) + more) * frames);
      };
    },
  });
}

/**
 * InstructBLIP-Video's clips. Each frame is a square.
 *
 * Outputs: `pixel_values` `[clips, frames, 3, height, width]`. `num_query_tokens` says how many tokens each
 * of four frames becomes, whatever the clip has.
 *
 * Source: transformers `models/instructblipvideo/video_processing_instructblipvideo.py`,
 * `processing_instructblipvideo.py`.
 */
export function instructBlipVideo(fields: Fields): ProcessorRecipe {
  return plainVideo("instructblipvideo", fields, {
    ...CLIP,
    filter: "bicubic",
    ...SQUARE,
    output: "pixel_values",
    sampling: { choose: uniform },
    text(fields) {
      const queries = fields.count("num_query_tokens"), token = fields.text("video_token") ?? "<video>";
      return queries === undefined ? undefined : () => repeated(token, queries * 4);
    },
  });
}

/**
 * Perception LM's clips. Each frame is a square of one tile.
 *
 * Outputs: `pixel_values_videos` `[clips, frames, 3, height, width]`. The processor's `patch_size` and
 * `pooling_ratio` (2 by default) say how many tokens a clip becomes.
 *
 * Source: transformers `models/perception_lm/video_processing_perception_lm.py`,
 * `processing_perception_lm.py`.
 */
export function perceptionLmVideo(fields: Fields): ProcessorRecipe {
  return plainVideo("perception_lm", fields, {
    ...HALVES,
    filter: "bicubic",
    size: { height: 448, width: 448 },
    numberMeans: "square",
    sampling: { choose: uniform },
    text(fields) {
      const patch = fields.count("patch_size"), pooling = fields.count("pooling_ratio") ?? 2;
      const token = fields.text("video_token") ?? "<|video|>";
      if (patch === undefined) return undefined;
      const pooled = (side: number) => Math.floor(Math.floor(side / patch) / pooling);
      return ({ frames }, { width, height }) => repeated(token, pooled(height) * pooled(width) * frames);
    },
  });
}

function repeated(token: string, tokens: number): ImageText {
  return { token, tokens, parts: [[token, tokens]] };
}

function isNatural(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}

/**
 * Makes the recipe of a class that has only the steps that all classes for videos inherit: a frame is
 * resized, its middle is kept, and bytes become values.
 * Source: transformers `video_processing_utils.py`, `BaseVideoProcessor._preprocess`.
 */
function plainVideo(name: string, fields: Fields, defaults: PlainVideo): ProcessorRecipe {
  const { doResize, filter, resampler, values } = commonFields(fields, defaults);
  const size = resizeKeys(fields, defaults.size, defaults.numberMeans);
  const crop = cropOf(fields, defaults.crop);
  const text = defaults.text(fields) ?? (() => ({}));
  return {
    kind: "processor",
    name,
    parameters: fields.given(),
    values,
    sampling: samplingOf(fields, defaults.sampling),
    *compose(composer) {
      yield* composeFrameClips(composer, {
        name,
        filter,
        output: defaults.output,
        steps(clip) {
          const content = doResize ? resizedSize(clip.size, size) : clip.size, canvas = crop ?? content;
          return { content, canvas, offset: centred(content, canvas, resampler) };
        },
        text,
      });
    },
  };
}
