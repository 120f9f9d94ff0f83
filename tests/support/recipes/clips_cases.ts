import type { ClipFrames } from "../../../src/plan/clip_frames.ts";
import type { Size } from "../../../src/plan/geometry.ts";

/** A clip, and the text that stands for it. */
export interface ClipText {
  type: string;
  /** The field that matters, where a class has several cases. */
  detail?: string;
  config?: Record<string, unknown>;
  clip: ClipFrames;
  size: Size;
  /** The count of tokens; absent where the clip's pixels decide it, or the class does not say. */
  tokens?: number;
  placeholder?: string;
}

/** Frames of two by three patches of 28. */
export const TALL = { width: 56, height: 84 };

const SMALL = { width: 28, height: 28 }, WIDE = { width: 64, height: 32 };

/** Frames at these indices of a clip of 30 a second. */
function taken(...indices: number[]): ClipFrames {
  return { indices, fps: 30, frames: 3000, duration: 100 };
}

/** Pixels that leave frames as large as they are. */
const ANY = { size: { shortest_edge: 1, longest_edge: 1e8 } };

/** Texts, worked out by hand from each class's rules. */
export const CLIP_TEXTS: readonly ClipText[] = [
  // Seconds of the middle of each pair of frames, to a tenth; the third frame is its own pair.
  {
    type: "Qwen3VLVideoProcessor",
    config: ANY,
    clip: taken(0, 15, 69),
    size: WIDE,
    tokens: 4,
    placeholder: steps("<|vision_start|>", "<|video_pad|>", "<|vision_end|>", 2, [
      "<0.2 seconds>",
      "<2.3 seconds>",
    ]),
  },
  {
    type: "CohereCompassVideoProcessor",
    config: ANY,
    clip: taken(0, 15, 69, 90),
    size: WIDE,
    tokens: 4,
    placeholder: steps("<|VISION_START|>", "<|VIDEO_PAD|>", "<|VISION_END|>", 2, [
      "<0.2 seconds>",
      "<2.6 seconds>",
    ]),
  },
  {
    type: "Cosmos3EdgeVideoProcessor",
    config: ANY,
    clip: taken(0, 45),
    size: WIDE,
    tokens: 4,
    placeholder: steps("<|vision_start|>", "<|video_pad|>", "<|vision_end|>", 2, [
      "<0.0 seconds>",
      "<1.5 seconds>",
    ]),
  },
  // Seconds of the first of each pair, after its tokens: whole in GLM-4V, tenths in those after it.
  {
    type: "Glm4vVideoProcessor",
    config: ANY,
    clip: taken(0, 30, 75, 90),
    size: TALL,
    tokens: 12,
    placeholder: after("<|begin_of_image|>", "<|image|>", "<|end_of_image|>", 6, ["0", "2"]),
  },
  {
    type: "Glm46VVideoProcessor",
    config: ANY,
    clip: taken(0, 30, 75, 90),
    size: TALL,
    tokens: 12,
    placeholder: after("<|begin_of_image|>", "<|image|>", "<|end_of_image|>", 6, [
      "0.0 seconds",
      "2.5 seconds",
    ]),
  },
  {
    type: "InternVLVideoProcessor",
    config: { size: { height: 28, width: 28 } },
    clip: taken(0, 30),
    size: SMALL,
    tokens: 512,
    placeholder: ["Frame1", "Frame2"].map((frame) => `${frame}: <img>${"<IMG_CONTEXT>".repeat(256)}</img>`)
      .join("\n"),
  },
  {
    type: "SmolVLMVideoProcessor",
    config: { image_seq_len: 3 },
    clip: taken(0, 1860),
    size: SMALL,
    tokens: 6,
    placeholder: "You are provided the following series of two frames from a 0:01:40 [H:MM:SS] video.\n" +
      ["00:00", "01:02"].map((time) => `\nFrame from ${time}:${ofSmol(3)}`).join("") + "\n\n",
  },
  {
    type: "Kimi_K25VideoProcessor",
    clip: taken(75, 90, 105, 120, 2250),
    size: TALL,
    tokens: 12,
    placeholder: ["00:00:02.500", "00:01:15.000"].map((time) =>
      `${time}<|media_begin|>video<|media_content|>${"<|media_pad|>".repeat(6)}<|media_end|>`
    ).join(""),
  },
  {
    type: "Gemma4VideoProcessor",
    clip: taken(0, 75, 1860),
    size: { width: 96, height: 96 },
    tokens: 192,
    placeholder: ["00:00", "00:02", "01:02"].map((time) =>
      `${time} <|image>${"<|video|>".repeat(64)}<image|>`
    ).join(" "),
  },
  {
    type: "VideoLlama3VideoProcessor",
    detail: "uncompressed",
    config: { ...ANY, use_token_compression: false },
    clip: taken(0, 45),
    size: TALL,
    tokens: 12,
    placeholder: ["0.0", "1.5"].map((at) => `Time ${at}s:${"<|video_pad|>".repeat(6)}`).join(","),
  },
  // The pixels decide which tokens stay.
  { type: "VideoLlama3VideoProcessor", detail: "compressed", clip: taken(0, 45), size: TALL },
  {
    // Two frames of 640 × 360: all of each, and its two slices side by side.
    type: "MiniCPMV4_6VideoProcessor",
    clip: taken(0, 30),
    size: { width: 640, height: 360 },
    tokens: 2 * (66 + 64 + 64),
    placeholder: "<image_id>0</image_id>" +
      `<image>${"<|video_pad|>".repeat(66)}</image>${
        `<slice>${"<|video_pad|>".repeat(64)}</slice>`.repeat(2)
      }`.repeat(2),
  },
  {
    type: "Qwen2VLVideoProcessor",
    config: ANY,
    clip: taken(0, 15, 30),
    size: TALL,
    tokens: 12,
    placeholder: "<|video_pad|>".repeat(12),
  },
  {
    type: "Ernie4_5_VLMoeVideoProcessor",
    config: { ...ANY, draw_on_frames: false },
    clip: taken(0, 15, 30, 45),
    size: TALL,
    tokens: 12,
    placeholder: "<|VIDEO_PLACEHOLDER|>".repeat(12),
  },
];

/** Steps of as many tokens, each after a mark of its time. */
function steps(start: string, token: string, end: string, tokens: number, times: readonly string[]): string {
  return times.map((time) => `${time}${start}${token.repeat(tokens)}${end}`).join("");
}

/** Steps of as many tokens, each before a mark of its time. */
function after(start: string, token: string, end: string, tokens: number, times: readonly string[]): string {
  return times.map((time) => `${start}${token.repeat(tokens)}${end}${time}`).join("");
}

function ofSmol(tokens: number): string {
  const around = "<fake_token_around_image>";
  return `${around}<global-img>${"<image>".repeat(tokens)}${around}`;
}

/** A call of two clips of these numbers of frames, and outputs that it has. */
export interface ClipCall {
  type: string;
  config?: Record<string, unknown>;
  frames: readonly [number, number];
  /** The shapes of outputs. */
  shapes: Record<string, readonly number[]>;
  /** The values of outputs that are integers. */
  values: Record<string, readonly number[]>;
}

/** Calls of two clips of 56 × 84. */
export const CLIP_CALLS: readonly ClipCall[] = [
  {
    // The shorter clip is filled up, and a mask says where.
    type: "PeVideoVideoProcessor",
    frames: [3, 1],
    shapes: { pixel_values_videos: [2, 3, 3, 84, 56], padding_mask_videos: [2, 3] },
    values: { padding_mask_videos: [1, 1, 1, 1, 0, 0] },
  },
  {
    type: "PeVideoVideoProcessor",
    frames: [2, 2],
    shapes: { pixel_values_videos: [2, 2, 3, 84, 56] },
    values: {},
  },
  {
    type: "SmolVLMVideoProcessor",
    config: { max_image_size: { longest_edge: 2 } },
    frames: [1, 2],
    shapes: { pixel_values: [2, 2, 3, 2, 2], pixel_attention_mask: [2, 2, 2, 2] },
    values: { pixel_attention_mask: [1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1] },
  },
  {
    // A clip of five frames is cut into parts of four and one.
    type: "Kimi_K25VideoProcessor",
    frames: [5, 2],
    shapes: { pixel_values_videos: [168, 3, 14, 14], video_grid_thw: [3, 3], num_chunks_per_video: [2] },
    values: { video_grid_thw: [4, 6, 4, 1, 6, 4, 2, 6, 4], num_chunks_per_video: [2, 1] },
  },
  {
    // The third frame is repeated to fill its pair.
    type: "Qwen2VLVideoProcessor",
    config: ANY,
    frames: [3, 2],
    shapes: { pixel_values_videos: [72, 1176], video_grid_thw: [2, 3] },
    values: { video_grid_thw: [2, 6, 4, 1, 6, 4] },
  },
  {
    type: "Gemma4VideoProcessor",
    frames: [2, 2],
    shapes: { pixel_values_videos: [2, 2, 630, 768], video_position_ids: [2, 2, 630, 2] },
    values: { num_soft_tokens_per_video: [60, 60] },
  },
  {
    // All of a frame: 40 × 28 patches of 14, as near to a square of 448 as whole groups of four get.
    type: "MiniCPMV4_6VideoProcessor",
    frames: [1, 1],
    shapes: { pixel_values_videos: [1, 3, 14, 2 * 14 * 40 * 28] },
    values: {
      target_sizes_videos: [40, 28, 40, 28],
      grids_videos: [0, 0, 0, 0],
      num_patches_per_frame: [1, 1],
      num_frames_per_video: [1, 1],
    },
  },
];

/** Configs that make no sense, by class, and how the error names what is wrong. */
export const CLIP_REFUSED: Record<string, readonly [config: Record<string, unknown>, message: string][]> = {
  Qwen2VLVideoProcessor: [
    [{ size: { height: 224, width: 224 } }, "size is an object with"],
    [{ temporal_patch_size: 0 }, "temporal_patch_size is a whole number above 0"],
    [{ fps: -2 }, "fps is"],
    [{ do_sample_frames: "no" }, "do_sample_frames is true or false"],
    [{ max_image_size: 3 }, `no field "max_image_size"`],
  ],
  Qwen3VLVideoProcessor: [
    [{ num_frames: 4.5 }, "num_frames is"],
    [{ size: { shortest_edge: 4096 } }, "size is an object with"],
    [{ merge_size: 0 }, "merge_size is a whole number above 0"],
  ],
  Ernie4_5_VLMoeVideoProcessor: [
    [{}, "draw_on_frames is false"],
    [{ draw_on_frames: true }, "draw_on_frames is false"],
  ],
  MiniCPMV4_6VideoProcessor: [
    [{ stack_frames: 2 }, "stack_frames is 1"],
    [{ do_resize: false }, "do_resize is true"],
    [{ max_num_frames: 0 }, "max_num_frames is a whole number above 0"],
  ],
  PeVideoVideoProcessor: [
    [{ do_normalize: true }, "image_mean is three numbers"],
    [{ do_resize: true }, "size is a size where do_resize is true"],
  ],
  SmolVLMVideoProcessor: [
    [{ size: { shortest_edge: 3 } }, "size is an object with longest_edge"],
    [{ video_sampling: { fps: 1 } }, "video_sampling is an object with fps"],
  ],
  InternVLVideoProcessor: [[{ initial_shift: "half" }, "initial_shift is"]],
};

/** Calls of clips that a class refuses, with the first frame of each clip first. */
export const CLIP_CALLS_REFUSED: readonly [
  type: string,
  clips: readonly (readonly Size[])[],
  message: string,
][] = [
  [
    "Qwen2VLVideoProcessor",
    [[TALL, TALL], [TALL, SMALL]],
    "the first frame of its clip is 56x84, and all must be",
  ],
  ["MiniCPMV4_6VideoProcessor", [[WIDE, WIDE], [WIDE]], "its clip has 1 frames, and the first"],
  ["Gemma4VideoProcessor", [[WIDE, WIDE], [WIDE]], "its clip has 1 frames, and the first of the call has 2"],
];
