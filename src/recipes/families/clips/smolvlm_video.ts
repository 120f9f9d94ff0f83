import type { Size } from "../../../plan/geometry.ts";
import type { ImageText, TextPart } from "../../../plan/image_text.ts";
import { flatMapInSteps } from "../../../runtime/in_steps.ts";
import type { Fields } from "../../fields.ts";
import { commonFields, HALVES } from "../../parts/common_fields.ts";
import { mostInSteps } from "../../parts/placements.ts";
import { longestEdge, longestOrExact, type SizeKeys } from "../../parts/size_keys.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import type { Clip } from "../../videos/clips.ts";
import { timestampsOf } from "../../videos/clip_text.ts";
import { composeFrameClips } from "../../videos/frame_clips.ts";
import { samplingOf } from "../../videos/frame_sampling.ts";
import { numberWords } from "../../videos/number_words.ts";
import { withoutEnds } from "../../videos/samplers.ts";

/** The longest side that frames are resized to, whatever `size` says. Source: `MAX_IMAGE_SIZE`. */
const LONGEST = 4096;

/** The fields of `video_sampling`, which older configs have. */
interface VideoSampling {
  fps: number;
  max_frames: number;
  video_size: unknown;
}

/**
 * SmolVLM's clips. Each frame is resized to its longest side first and then to a square.
 *
 * Outputs: `pixel_values` `[clips, frames, 3, side, side]`, and with `do_pad` `pixel_attention_mask`
 * `[clips, frames, side, side]`: clips are filled up with frames of zeros. `image_seq_len` is how many tokens
 * a frame becomes, 169 by default.
 *
 * Source: transformers `models/smolvlm/video_processing_smolvlm.py`, `processing_smolvlm.py`.
 */
export function smolVlmVideo(fields: Fields): ProcessorRecipe {
  const { doResize, filter, values } = commonFields(fields, { filter: "lanczos", ...HALVES });
  const former = formerSampling(fields);
  const size = longestOrExact(fields) ?? former?.size ?? { longest_edge: 4 * 364 };
  const side = longestEdge(fields, "max_image_size") ?? 364, square = { width: side, height: side };
  const pad = fields.boolean("do_pad") ?? true;
  const tokens = fields.count("image_seq_len") ?? 169;
  const sampling = samplingOf(fields, { choose: withoutEnds });
  return {
    kind: "processor",
    name: "smolvlm",
    parameters: fields.given(),
    values,
    sampling: { ...sampling, own: { ...sampling.own, ...former?.sampling } },
    *compose(composer) {
      const most = yield* mostInSteps(composer.samples);
      const clips = yield* composeFrameClips(composer, {
        name: "smolvlm",
        filter,
        output: "pixel_values",
        pad,
        steps(clip) {
          if (!doResize) return { content: clip.size, canvas: clip.size };
          return { before: [firstSize(clip.size, size)], content: square, canvas: square };
        },
        text: (clip) => textOf(clip, most, tokens),
      });
      if (!pad) return;
      const canvas = doResize ? square : clips[0].size, zeros = { width: 0, height: 0 };
      const shape = [clips.length, most, canvas.height, canvas.width];
      const ones = yield* flatMapInSteps(
        clips,
        ({ frames }) => Array.from({ length: most }, (_, frame) => frame < frames ? canvas : zeros),
      );
      composer.integers("pixel_attention_mask", { dtype: "i64", shape, values: { ones } });
    },
  };
}

/**
 * Reads `video_sampling`, which has precedence over `fps` and `num_frames`, but not over `size`.
 * Source: `__init__`.
 */
function formerSampling(fields: Fields) {
  const expected = "an object with fps, max_frames and video_size, the longest side in pixels";
  return fields.take("video_sampling", expected, (value) => {
    const { fps, max_frames, video_size } = (value ?? {}) as VideoSampling;
    const longest = typeof video_size === "object" && video_size !== null
      ? (video_size as SizeKeys).longest_edge
      : video_size;
    const valid = [fps, max_frames, longest].every((n) => typeof n === "number" && n > 0);
    if (!valid) return undefined;
    return { size: { longest_edge: longest as number }, sampling: { fps, num_frames: max_frames } };
  });
}

/** The size that a frame is resized to first. Source: `get_resize_output_image_size`. */
function firstSize({ width, height }: Size, keys: SizeKeys): Size {
  if (keys.longest_edge === undefined) return { width: keys.width!, height: keys.height! };
  const longest = Math.min(LONGEST, keys.longest_edge), aspect = width / height;
  const even = (side: number) => Math.max(1, side % 2 === 0 ? side : side + 1);
  return width >= height
    ? { width: longest, height: even(Math.trunc(longest / aspect)) }
    : { width: even(Math.trunc(longest * aspect)), height: longest };
}

/** Returns a clip's text: an introduction, and each frame's time before its tokens. */
function textOf({ frames, chosen }: Clip, most: number, count: number): ImageText {
  const token = "<image>", around = "<fake_token_around_image>", times = timestampsOf(chosen);
  const [minutes, seconds] = [(at: number) => Math.floor(at / 60), (at: number) => Math.floor(at % 60)];
  const two = (n: number) => String(n).padStart(2, "0");
  const each = times.flatMap((at): TextPart[] => {
    const time = `\nFrame from ${two(minutes(at))}:${two(seconds(at))}:`;
    return [`${time}${around}<global-img>`, [token, count], around];
  });
  const whole = Math.trunc(chosen.duration ?? times[times.length - 1]);
  const length = `${Math.floor(whole / 3600)}:${two(minutes(whole) % 60)}:${two(seconds(whole))}`;
  const series = `the following series of ${numberWords(most)} frames from a ${length} [H:MM:SS] video`;
  const parts = [`You are provided ${series}.\n`, ...each, "\n\n"];
  return { token, mark: "<video>", tokens: frames * count, parts };
}
