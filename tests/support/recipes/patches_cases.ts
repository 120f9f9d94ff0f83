import type { Size } from "../../../src/plan/geometry.ts";
import type { Case as Placed } from "./repeated_cases.ts";
import type { Case } from "./samples_cases.ts";

/** A width and a height. */
type Pair = [width: number, height: number];

/** The families of patches besides Qwen2-VL's, GLM-4V's and PaddleOCR-VL's, in configs to walk each once. */
export const PATCH_CONFIGS: Record<string, readonly Record<string, unknown>[]> = {
  cohere_compass: [{}],
  cosmos3_edge: [{}],
  ernie4_5_vl_moe: [{}],
  glm5_next: [{}, { min_image_tokens: 600 }],
  glm_image: [{}],
  glmga: [{}],
  hunyuan_vl: [{}],
  kimi_k25: [{}, { max_patches: 900 }],
  minimax_m3_vl: [{}],
  muse_glimmer: [{}],
  neomme: [{}, { max_side: 500 }],
  video_llama_3: [{}],
};

/** Sides to the nearest 32: 192 × 128, 64 × 160, 96 × 96. */
const SMALL = { size: { shortest_edge: 1024, longest_edge: 1e6 } };

/** Calls of three small pictures. What they return is worked out by hand from each class's formulas. */
export const PATCH_SAMPLES: Case[] = [
  // Sides to the nearest 28, halves to even: 196 × 112, 56 × 140, 84 × 84.
  grids("CohereCompassImageProcessor", {}, [1176], [[8, 14], [10, 4], [6, 6]]),
  grids("Ernie4_5_VLMoeImageProcessor", {}, [588], [[8, 14], [10, 4], [6, 6]]),
  grids("GlmgaImageProcessor", {}, [1176], [[8, 14], [10, 4], [6, 6]]),
  grids("MiniMaxM3VLImageProcessor", {}, [1176], [[8, 14], [10, 4], [6, 6]]),
  grids("Cosmos3EdgeImageProcessor", SMALL, [768], [[8, 12], [10, 4], [6, 6]]),
  grids("HunYuanVLImageProcessor", SMALL, [768], [[8, 12], [10, 4], [6, 6]]),
  // Sides up to the next 28: 224 × 140, 84 × 168, 112 × 112.
  grids("Glm5NextImageProcessor", { min_image_tokens: 1 }, [1176], [[10, 16], [12, 6], [8, 8]]),
  grids("Kimi_K25ImageProcessor", {}, [3, 14, 14], [[10, 16], [12, 6], [8, 8]]),
  // Halves, to the nearest 28: 112 × 56, 28 × 84, 56 × 56.
  grids("GlmImageImageProcessor", {}, [1176], [[4, 8], [6, 2], [4, 4]]),
  // The nearest aspects: 8 × 5, 3 × 6 and 4 × 4 tokens.
  grids("MuseGlimmerImageProcessor", {}, [1176], [[10, 16], [12, 6], [8, 8]]),
  // Sides to the nearest 14.
  grids("VideoLlama3ImageProcessor", {}, [588], [[9, 14], [11, 5], [6, 6]], {
    flat: { image_merge_sizes: { shape: [2], values: [1, 1] } },
    nested: { image_merge_sizes: { shape: [3], values: [1, 1, 1] } },
  }),
  {
    // Sides up to the next 32.
    type: "NeoMMEImageProcessor",
    config: {},
    flat: {
      pixel_values: { shape: [28 + 15, 3072] },
      image_grid_hw: { shape: [2, 2], values: [4, 7, 5, 3] },
    },
    nested: {
      pixel_values: { shape: [28 + 15 + 9, 3072] },
      image_grid_hw: { shape: [3, 2], values: [4, 7, 5, 3, 3, 3] },
    },
  },
];

function grids(
  type: string,
  config: Record<string, unknown>,
  row: number[],
  [a, b, c]: [a: number[], b: number[], c: number[]],
  besides: Partial<Pick<Case, "flat" | "nested">> = {},
): Case {
  const of = (...all: number[][]) => ({
    pixel_values: { shape: [all.reduce((sum, [rows, columns]) => sum + rows * columns, 0), ...row] },
    image_grid_thw: { shape: [all.length, 3], values: all.flatMap((grid) => [1, ...grid]) },
  });
  return {
    type,
    config,
    flat: { ...of(a, b), ...besides.flat },
    nested: { ...of(a, b, c), ...besides.nested },
  };
}

const WIDE = { width: 200, height: 120 }, HIGH = { width: 70, height: 150 };

/** The text of a picture, worked out by hand from each processor's formula. */
export const PATCH_PLACEHOLDERS: (Placed & { placeholder: string })[] = [
  placed("cohere_compass", "CohereCompass", WIDE, 28, "<|IMAGE_PAD|>"), // 8 × 14 patches
  placed("cosmos3_edge", "Cosmos3Edge", WIDE, 24, "<|image_pad|>", SMALL), // 8 × 12 patches
  placed("ernie4_5_vl_moe", "Ernie4_5_VLMoe", WIDE, 28, "<|IMAGE_PLACEHOLDER|>"),
  placed("glm5_next", "Glm5Next", WIDE, 40, "<|image|>", { min_image_tokens: 1 }), // 10 × 16 patches
  placed("glm_image", "GlmImage", WIDE, 32, "<|image|>"), // 4 × 8 patches, each a token
  placed("glmga", "Glmga", HIGH, 10, "<|image|>"), // 10 × 4 patches
  // 4 lines of 6 tokens, one more in each line, and two more.
  placed("hunyuan_vl", "HunYuanVL", WIDE, 30, "<｜hy_place▁holder▁no▁102｜>", SMALL),
  placed("hunyuan_vl", "HunYuanVL", WIDE, 28, "<i>", {
    ...SMALL,
    image_token: "<i>",
    cat_extra_token: false,
  }),
  placed("kimi_k25", "Kimi_K25", HIGH, 18, "<|media_pad|>"), // 12 × 6 patches
  placed("video_llama_3", "VideoLlama3", WIDE, 126, "<|image_pad|>"), // 9 × 14 patches, each a token
  {
    ...placed("minimax_m3_vl", "MiniMaxM3VL", HIGH, 10, ""),
    placeholder: `]<]start of image[>[${"]<]image[>[".repeat(10)}]<]end of image[>[`,
  },
  {
    ...placed("muse_glimmer", "MuseGlimmer", HIGH, 18, ""), // 6 × 3 tokens
    placeholder: `<|image_start|>${"<|patch|>".repeat(18)}<|image_end|>`,
  },
  {
    ...placed("neomme", "NeoMME", { width: 70, height: 40 }, 6, ""),
    placeholder: "<img><img><img><img><row><img><img><img><row>",
  },
];

function placed(
  file: string,
  type: string,
  size: Size,
  tokens: number,
  token: string,
  config: Record<string, unknown> = {},
) {
  return {
    source: `models/${file}/processing_${file}.py, replace_image_token`,
    config: { image_processor_type: `${type}ImageProcessor`, ...config },
    size,
    tokens,
    placeholder: token.repeat(tokens),
  };
}

/** Configs that make no sense, by class, and how the error names what is wrong. */
export const PATCH_REFUSED: Record<string, [config: Record<string, unknown>, message: string][]> = {
  CohereCompassImageProcessor: [
    [{ size: { shortest_edge: 3136 } }, "size is an object with both"],
    [{ patch_expand_factor: 2 }, `no field "patch_expand_factor"`],
  ],
  Cosmos3EdgeImageProcessor: [
    [{ min_pixels: 3136 }, `no field "min_pixels"`],
    [{ size: { height: 224, width: 224 } }, "size is an object with shortest_edge"],
  ],
  Ernie4_5_VL_MoeImageProcessor: [
    [{ max_pixels: 3136 }, `no field "max_pixels"`],
    [{ merge_size: 0 }, "merge_size is a whole number above 0"],
  ],
  Glm5NextImageProcessor: [
    [{ min_image_tokens: 0 }, "min_image_tokens is a whole number above 0"],
    [{ max_image_tokens: 1.5 }, "max_image_tokens is a whole number above 0"],
    [{ max_pixels: 3136 }, `no field "max_pixels"`],
  ],
  GlmImageImageProcessor: [
    [{ size: { longest_edge: 3136 } }, "size is an object with both"],
    [{ target_h: 1152 }, `no field "target_h"`],
  ],
  GlmgaImageProcessor: [
    [{ patch_expand_factor: 0 }, "patch_expand_factor is a whole number above 0"],
    [{ min_image_tokens: 16 }, `no field "min_image_tokens"`],
  ],
  HunYuanVLImageProcessor: [
    [{ cat_extra_token: 2 }, "cat_extra_token is true or false, found 2"],
    [{ size: { longest_edge: 3136 } }, "size is an object with both"],
  ],
  Kimi_K25ImageProcessor: [
    [{ size: { max_height: 512, max_width: 256 } }, "size is an object whose max_height and max_width"],
    [{ size: 512 }, "size is an object whose max_height and max_width"],
    [{ temporal_patch_size: 2 }, `no field "temporal_patch_size"`],
    [{ backend: "pil" }, "backend is one of torchvision, torchvision-cuda"],
  ],
  MiniMaxM3VLImageProcessor: [
    [{ size: { height: 672, width: 672 } }, "size is an object with shortest_edge"],
    [{ backend: "pil" }, "backend is one of torchvision, torchvision-cuda"],
  ],
  MuseGlimmerImageProcessor: [
    [{ max_image_tokens: 0 }, "max_image_tokens is a whole number above 0"],
    [{ min_image_tokens: 16 }, `no field "min_image_tokens"`],
    [{ backend: "pil" }, "backend is one of torchvision, torchvision-cuda"],
  ],
  NeoMMEImageProcessor: [
    [{ size: { min_pixels: 5000 } }, "size is an object with min_pixels and max_pixels"],
    [{ size: { shortest_edge: 5000, longest_edge: 9000 } }, "size is an object with min_pixels"],
    [{ max_side: "640" }, "max_side is a whole number above 0"],
    [{ merge_size: 2 }, `no field "merge_size"`],
    [{ backend: "pil" }, "backend is one of torchvision, torchvision-cuda"],
  ],
  VideoLlama3ImageProcessor: [
    [{ merge_sizes: 1 }, `no field "merge_sizes"`],
  ],
};

/** Sizes at the edge of what Python takes, the next ones, and how the error names those. */
export const PATCH_EDGES: Record<string, [config: object, taken: Pair, refused: Pair, message: string][]> = {
  CohereCompassImageProcessor: [[{}, [2000, 10], [2001, 10], "2001x10: one side may be 200 times"]],
  Cosmos3EdgeImageProcessor: [[{}, [6400, 32], [6401, 32], "6401x32: one side may be 200 times"]],
  Ernie4_5_VLMoeImageProcessor: [[{}, [10, 2000], [10, 2001], "10x2001: one side may be 200 times"]],
  GlmImageImageProcessor: [
    [{}, [112, 28], [113, 28], "113x28: one side may be 4 times"],
    [{}, [28, 28], [27, 28], "27x28: both sides must be at least 28"],
  ],
  GlmgaImageProcessor: [
    [{}, [5600, 28], [5601, 28], "5601x28: one side may be 200 times"],
    [{ patch_expand_factor: 2, do_resize: false }, [28, 56], [28, 42], "42"],
  ],
  HunYuanVLImageProcessor: [
    [{}, [2000, 10], [2001, 10], "2001x10: one side may be 200 times"],
    [{ do_resize: false }, [64, 32], [64, 48], "48"],
  ],
  Kimi_K25ImageProcessor: [[{ do_resize: false }, [70, 14], [70, 15], "15"]],
  MiniMaxM3VLImageProcessor: [[{}, [2000, 10], [2001, 10], "2001x10: one side may be 200 times"]],
  MuseGlimmerImageProcessor: [[{ do_resize: false }, [70, 14], [70, 15], "15"]],
  VideoLlama3ImageProcessor: [[{}, [2000, 10], [2001, 10], "2001x10: one side may be 200 times"]],
};
