import type { Size } from "../../../src/plan/geometry.ts";
import type { Case as Placed } from "./repeated_cases.ts";
import type { Case, Expected } from "./samples_cases.ts";

/** A width and a height. */
type Pair = [width: number, height: number];

/** The families of tiles of transformers 5, and those of budgets of tokens, in configs to walk each once. */
export const TILE_CONFIGS: Record<string, readonly Record<string, unknown>[]> = {
  cohere2_vision: [{}, { crop_to_patches: false }],
  deepseek_ocr2: [{}, { tile_size: 320, size: { height: 448, width: 448 } }, { crop_to_patches: false }],
  gemma4: [{}, { max_soft_tokens: 70 }],
  gemma4_unified: [{}],
  inkling: [{}, { rescale_image_frac: 1.5, rescale_image_max_upscaled_long_edge: 900 }],
  lfm2_vl: [{}, { tile_size: 256, max_image_tokens: 128 }, { tile_size: 256, max_image_tokens: 32 }],
  llama4: [{}, { resize_to_max_canvas: true, max_patches: 4 }],
  minicpmv4_6: [{}, { slice_mode: false }],
  phi4_multimodal: [{}, { dynamic_hd: 1 }],
  perception_lm: [{}, { vision_input_type: "vanilla" }],
  step3p7: [{}, { size: { height: 448, width: 448 }, patch_size: 200, max_image_size: 600 }],
};

/** MiniCPM-V's patches of all of each picture, its grid of slices, and their patches: down and across. */
const MINICPM = [
  { all: [8, 12], grid: [1, 2], slice: [8, 8] },
  { all: [12, 4], grid: [0, 0], slice: [] },
  { all: [8, 8], grid: [0, 0], slice: [] },
];

/** Phi-4's grid of each picture, the patches that its tiles' masks keep, down and across, and its tokens. */
const PHI4 = [
  { grid: [1, 2], kept: [[4, 4], [4, 3]], tokens: 273 + 2 * 4 + 2 }, // 46 × 28 pixels
  { grid: [2, 1], kept: [[4, 4], [4, 4]], tokens: 273 + 4 * 2 + 4 }, // 26 × 56
  { grid: [2, 2], kept: [[4, 4], [4, 4], [4, 4], [4, 4]], tokens: 273 + 4 * 4 + 4 },
];

/** Calls of three small pictures. What they return is worked out by hand from each class's formulas. */
export const TILE_SAMPLES: Case[] = [
  // The grids that shrink least: 2 × 2; 1 × 3, as wide as 1 × 4 would be; 2 × 2.
  of("Cohere2VisionImageProcessor", { size: 28, max_patches: 4 }, [5, 4, 5], (counts) => ({
    pixel_values: { shape: [sumOf(counts), 3, 28, 28] },
    num_patches: { shape: [counts.length], values: counts },
  })),
  of("Llama4ImageProcessor", { size: 28, max_patches: 4 }, [[5, 2, 2], [4, 3, 1], [5, 2, 2]], (grids) => ({
    pixel_values: { shape: [sumOf(grids.map(([tiles]) => tiles)), 3, 28, 28] },
    aspect_ratios: { shape: [grids.length, 2], values: grids.flatMap(([, ...ratio]) => ratio) },
  })),
  // No grid of tiles holds a picture: the nearest aspects are 2 × 2, 1 × 2 and 2 × 2, after all of it.
  of("PerceptionLMImageProcessor", { tile_size: 28, max_num_tiles: 4 }, [5, 3, 5], (counts) => ({
    pixel_values: { shape: [sumOf(counts), 3, 28, 28], lists: counts },
  })),
  // The nearest aspects: 2 × 1, 1 × 2 and 2 × 2.
  of(
    "DeepseekOcr2ImageProcessor",
    { size: 56, tile_size: 28, max_patches: 4 },
    [2, 2, 4],
    (counts) => ({
      pixel_values: { shape: [counts.length, 3, 56, 56] },
      num_local_patches: { shape: [counts.length], values: counts },
      pixel_values_local: { shape: [sumOf(counts), 3, 28, 28] },
    }),
  ),
  // 84 × 50, 39 × 84 and 84 × 84: windows of 28, a rest of more than a fifth counting as one.
  of(
    "Step3p7ImageProcessor",
    { size: 56, patch_size: 28, max_image_size: 84 },
    [[2, 5], [1, 3, 5], [2, 5, 8]].map((last, i) => ({ count: [6, 6, 9][i], newlines: last.slice(0, -1) })),
    (windows) => {
      const most = Math.max(...windows.map(({ count }) => count));
      const masks = windows.flatMap(({ newlines }) =>
        Array.from({ length: most }, (_, i) => Number(newlines.includes(i)))
      );
      return {
        pixel_values: { shape: [windows.length, 3, 56, 56] },
        num_local_patches: { shape: [windows.length], values: windows.map(({ count }) => count) },
        pixel_values_local: { shape: [sumOf(windows.map(({ count }) => count)), 3, 28, 28] },
        patch_newline_masks: { shape: [masks.length], values: masks, lists: windows.map(() => most) },
      };
    },
  ),
  // 168 × 112 and 2 × 1 slices of 112 × 112; 56 × 168 alone; 112 × 112 alone.
  of(
    "MiniCPMV4_6ImageProcessor",
    { scale_resolution: 112 },
    MINICPM,
    (pictures) => {
      const shapes = pictures.flatMap(({ all, grid: [rows, columns], slice }) => [
        all,
        ...Array<number[]>(rows * columns).fill(slice),
      ]);
      return {
        pixel_values: { shape: [1, 3, 14, 14 * sumOf(shapes.map(([down, across]) => down * across))] },
        target_sizes: { shape: [shapes.length, 2], values: shapes.flat() },
        grids: {
          shape: [2 * pictures.length],
          values: pictures.flatMap(({ grid }) => grid),
          lists: pictures.map(() => 2),
        },
        num_patches_per_image: {
          shape: [pictures.length],
          values: pictures.map(({ grid: [rows, columns] }) => 1 + rows * columns),
        },
      };
    },
  ),
  // Grids of 2 × 1, 1 × 2 and 2 × 2 tiles of 28 × 28, four patches across and down.
  of(
    "Phi4MultimodalImageProcessor",
    { size: 28, patch_size: 7, dynamic_hd: 4 },
    PHI4,
    (pictures) => {
      const most = Math.max(...pictures.map(({ grid: [rows, columns] }) => rows * columns)) + 1;
      const ones = pictures.flatMap(({ kept }) => [
        [4, 4],
        ...kept,
        ...Array<number[]>(most - 1 - kept.length).fill([4, 4]),
      ]);
      const masks = ones.flatMap(([height, width]) =>
        Array.from({ length: 16 }, (_, i) => Number(i % 4 < width && i < 4 * height))
      );
      return {
        image_pixel_values: { shape: [pictures.length, most, 3, 28, 28] },
        image_sizes: {
          shape: [pictures.length, 2],
          values: pictures.flatMap(({ grid }) => grid.map((tiles) => tiles * 28)),
        },
        image_attention_mask: { shape: [pictures.length, most, 4, 4], values: masks },
        num_img_tokens: { shape: [pictures.length], values: pictures.map(({ tokens }) => tokens) },
      };
    },
  ),
  // 40 px a patch, and one more column than fit: 6 × 3, 2 × 4, 3 × 3.
  of("InklingImageProcessor", {}, [18, 8, 9], (counts) => ({
    pixel_values: { shape: [sumOf(counts), 2, 40, 40, 3] },
    num_patches: { shape: [counts.length], values: counts },
  })),
  // 80 × 48, 40 × 96 and 64 × 64, within 70 tokens of 8 × 8.
  of(
    "Gemma4ImageProcessor",
    { patch_size: 4, pooling_kernel_size: 2, max_soft_tokens: 70 },
    [[20, 12], [10, 24], [16, 16]],
    (grids) => budgeted(grids, 280, 48, 4),
  ),
  of(
    "Gemma4UnifiedImageProcessor",
    { patch_size: 4, pooling_kernel_size: 2, max_soft_tokens: 70 },
    [[10, 6], [5, 12], [8, 8]],
    (grids) => budgeted(grids, 70, 192, 1),
  ),
  // 2 × 1, 1 × 2 and 2 × 2 tiles of 4 × 4 patches; then 40 × 24, 16 × 40 and 32 × 32 pixels.
  of(
    "Lfm2VlImageProcessor",
    {
      encoder_patch_size: 4,
      min_image_tokens: 4,
      max_image_tokens: 16,
      tile_size: 16,
      max_tiles: 4,
      return_row_col_info: true,
    },
    [{ rows: 1, cols: 2, size: [24, 40] }, { rows: 2, cols: 1, size: [40, 16] }, {
      rows: 2,
      cols: 2,
      size: [32, 32],
    }],
    (pictures) => {
      const shapes = pictures.flatMap(({ rows, cols, size: [height, width] }) => [
        ...Array<number[]>(rows * cols).fill([4, 4]),
        [height / 4, width / 4],
      ]);
      const mask = shapes.flatMap(([down, across]) =>
        Array.from({ length: 64 }, (_, i) => i < down * across ? 1 : 0)
      );
      const { length } = pictures;
      return {
        pixel_values: { shape: [shapes.length, 64, 48] },
        pixel_attention_mask: { shape: [shapes.length, 64], values: mask },
        spatial_shapes: { shape: [shapes.length, 2], values: shapes.flat() },
        image_rows: { shape: [length], values: pictures.map(({ rows }) => rows) },
        image_cols: { shape: [length], values: pictures.map(({ cols }) => cols) },
        image_sizes: { shape: [length, 2], values: pictures.flatMap(({ size }) => size) },
      };
    },
  ),
];

/** A case of a class whose pictures are all alike, in one sample or in several. */
function of<T>(
  type: string,
  config: Record<string, unknown>,
  [a, b, c]: T[],
  expected: (pictures: T[]) => Expected,
): Case {
  return { type, config, flat: expected([a, b]), nested: expected([a, b, c]) };
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((a, b) => a + b, 0);
}

/** The outputs of grids of patches, filled up to `most`; `group` of them are a token. */
function budgeted(grids: readonly number[][], most: number, row: number, group: number) {
  const positions = grids.flatMap(([columns, rows]) =>
    Array.from(
      { length: most },
      (_, i) => i < columns * rows ? [i % columns, Math.floor(i / columns)] : [-1, -1],
    )
  );
  return {
    pixel_values: { shape: [grids.length, most, row] },
    image_position_ids: { shape: [grids.length, most, 2], values: positions.flat() },
    num_soft_tokens_per_image: {
      shape: [grids.length],
      values: grids.map(([columns, rows]) => columns * rows / group),
    },
  };
}

const WIDE = { width: 200, height: 120 };

/** The text of a picture, worked out by hand from each processor's formula. */
export const TILE_PLACEHOLDERS: (Placed & { placeholder: string })[] = [
  placed(
    "llama4/processing_llama4.py, _prompt_split_image: tiles by row and column, then all of it",
    // 2 × 2 tiles of 2 × 2 patches, of which 4 are a token.
    { image_processor_type: "Llama4ImageProcessor", size: 28, max_patches: 4 },
    WIDE,
    5,
    "<|image_start|><|patch|><|tile_x_separator|><|patch|><|tile_y_separator|>" +
      "<|patch|><|tile_x_separator|><|patch|><|tile_y_separator|><|image|><|patch|><|image_end|>",
  ),
  placed(
    "llama4/processing_llama4.py, _prompt_split_image: a picture of one tile",
    { image_processor_type: "Llama4ImageProcessor" },
    { width: 100, height: 100 },
    144,
    `<|image_start|><|image|>${"<|patch|>".repeat(144)}<|image_end|>`,
  ),
  placed(
    "cohere2_vision/processing_cohere2_vision.py, __call__: patch_size² and a break for each tile",
    { image_processor_type: "Cohere2VisionImageProcessor", size: 28, max_patches: 2, patch_size: 1 },
    WIDE, // 2 × 1 tiles
    3,
    `<|START_OF_IMG|>${"<|IMG_PATCH|><|IMG_LINE_BREAK|>".repeat(3)}<|END_OF_IMG|>`,
  ),
  placed(
    "perception_lm/processing_perception_lm.py, replace_image_token: pooled patches of all tiles",
    { image_processor_type: "PerceptionLMImageProcessor", tile_size: 28, max_num_tiles: 4, patch_size: 7 },
    WIDE,
    20,
    "<|image|>".repeat(20),
  ),
  placed(
    "deepseek_ocr2/processing_deepseek_ocr2.py, _expand_image_tokens: all of it, its tiles, and one more",
    { image_processor_type: "DeepseekOcr2ImageProcessor", tile_size: 150, size: 256 },
    WIDE, // 3 × 2 tiles
    16 + 6 * 9 + 1,
    "<image>".repeat(71),
  ),
  placed(
    "step3p7/processing_step3p7.py, replace_image_token: windows with newlines between rows, then all of it",
    { image_processor_type: "Step3p7ImageProcessor", size: 56, patch_size: 56, max_image_size: 112 },
    { width: 200, height: 200 },
    5,
    "<patch_start><im_patch><patch_end><patch_start><im_patch><patch_end><patch_newline>" +
      "<patch_start><im_patch><patch_end><patch_start><im_patch><patch_end><im_start><im_patch><im_end>",
  ),
  placed(
    "gemma4/processing_gemma4.py, replace_image_token: a mark, the soft tokens, a mark",
    {
      image_processor_type: "Gemma4ImageProcessor",
      patch_size: 4,
      pooling_kernel_size: 2,
      max_soft_tokens: 70,
    },
    WIDE,
    60,
    `<|image>${"<|image|>".repeat(60)}<image|>`,
  ),
  placed(
    "gemma4_unified/processing_gemma4_unified.py, replace_image_token",
    { image_processor_type: "Gemma4UnifiedImageProcessor" },
    { width: 640, height: 480 },
    266,
    `<|image>${"<|image|>".repeat(266)}<image|>`,
  ),
  placed(
    "minicpmv4_6/processing_minicpmv4_6.py, __call__: all of it, then slices, a line a row",
    { image_processor_type: "MiniCPMV4_6ImageProcessor", scale_resolution: 56, downsample_mode: "16x" },
    // 56 × 56, a token; of 9 slices at most 2 × 4.
    { width: 100, height: 200 },
    9,
    `<image_id>0</image_id><image><|image_pad|></image>${
      Array(4).fill("<slice><|image_pad|></slice>".repeat(2)).join("\n")
    }`,
  ),
  placed(
    "minicpmv4_6/processing_minicpmv4_6.py, __call__: a picture without slices, four times the tokens",
    { image_processor_type: "MiniCPMV4_6ImageProcessor", downsample_mode: "4x", use_image_id: false },
    { width: 448, height: 448 },
    256,
    `<image>${"<|image_pad|>".repeat(256)}</image>`,
  ),
  placed(
    "phi4_multimodal/processing_phi4_multimodal.py, __call__: num_img_tokens",
    { image_processor_type: "Phi4MultimodalImageProcessor" },
    { width: 448, height: 448 },
    273 + 16 * 16 + 16,
    "<|endoftext10|>".repeat(545),
  ),
  placed(
    "inkling/processing_inkling.py, replace_image_token: num_patches",
    { image_processor_type: "InklingImageProcessor" },
    WIDE,
    18,
    "<|content_image|>".repeat(18),
  ),
  placed(
    "lfm2_vl/processing_lfm2_vl.py, _build_image_tokens: tiles by row and column, then the thumbnail",
    {
      image_processor_type: "Lfm2VlImageProcessor",
      min_image_tokens: 1,
      max_image_tokens: 4,
      tile_size: 32,
      max_tiles: 2,
    },
    WIDE, // 2 × 1 tiles, and 64 × 32 pixels
    1 + 1 + 2,
    "<|image_start|><|img_row_1_col_1|><image><|img_row_1_col_2|><image><|img_thumbnail|><image><image>" +
      "<|image_end|>",
  ),
  placed(
    "lfm2_vl/processing_lfm2_vl.py, _build_image_tokens: a small picture, without marks",
    { image_processor_type: "Lfm2VlImageProcessor", use_image_special_tokens: false },
    { width: 256, height: 320 },
    80,
    "<image>".repeat(80),
  ),
];

function placed(
  source: string,
  config: Record<string, unknown>,
  size: Size,
  tokens: number,
  placeholder: string,
) {
  return { source: `models/${source}`, config, size, tokens, placeholder };
}

/** Configs that make no sense, by class, and how the error names what is wrong. */
export const TILE_REFUSED: Record<string, [config: Record<string, unknown>, message: string][]> = {
  Llama4ImageProcessor: [
    [{ do_resize: false }, "do_resize is true: pictures always become whole tiles"],
    [{ size: { height: 336, width: 448 } }, "size is a square"],
    [{ do_rescale: false }, "do_rescale is true where do_normalize is"],
    [{ pixel_shuffle_ratio: 2 }, "pixel_shuffle_ratio is a number above 0, 1 at most"],
    [{ min_patches: 2 }, `no field "min_patches"`],
  ],
  Cohere2VisionImageProcessor: [
    [{ size: { shortest_edge: 512 } }, "size is an object with height and width"],
    [{ max_patches: 0 }, "max_patches is a whole number above 0"],
    [{ use_thumbnail: true }, `no field "use_thumbnail"`],
  ],
  PerceptionLMImageProcessor: [
    [{ tile_size: 0 }, "tile_size is a whole number above 0"],
    [{ vision_input_type: 1 }, "vision_input_type is a text"],
    [{ max_patches: 3 }, `no field "max_patches"`],
  ],
  DeepseekOcr2ImageProcessor: [
    [{ background_color: [127, 127] }, "background_color is a byte, or three of them"],
    [{ background_color: 256 }, "background_color is a byte"],
    [{ size: { longest_edge: 1024 } }, "size is an object with height and width"],
    [{ base_size: 1024 }, `no field "base_size"`],
  ],
  Step3p7ImageProcessor: [
    [{ size: { shortest_edge: 728 } }, "size is an object with height and width"],
    [{ max_image_size: -1 }, "max_image_size is a whole number above 0"],
    [{ tile_size: 504 }, `no field "tile_size"`],
  ],
  Gemma4ImageProcessor: [
    [{ max_soft_tokens: 281 }, "max_soft_tokens is one of 70, 140, 280, 560, 1120, found 281"],
    [{ patch_size: 0 }, "patch_size is a whole number above 0"],
    [{ max_patches: 2520 }, `no field "max_patches"`],
  ],
  Gemma4UnifiedImageProcessor: [
    [{ max_soft_tokens: 0 }, "max_soft_tokens is one of 70"],
    [{ backend: "pil" }, "backend is one of torchvision, torchvision-cuda, which this class has"],
  ],
  MiniCPMV4_6ImageProcessor: [
    [{ do_resize: false }, "do_resize is true with torchvision"],
    [{ max_slice_nums: 0 }, "max_slice_nums is a whole number above 0"],
    [{ slice_mode: "on" }, `slice_mode is true or false, found "on"`],
    [{ size: 448, tile_size: 448 }, `no field "tile_size"`],
  ],
  Phi4MultimodalImageProcessor: [
    [{ size: { height: 448, width: 336 } }, "size is a square"],
    [{ resample: 2 }, "resample is 3, bicubic"],
    [{ dynamic_hd: 0 }, "dynamic_hd is a whole number above 0"],
    [{ max_crops: 36 }, `no field "max_crops"`],
  ],
  InklingImageProcessor: [
    [{ do_resize: false }, "do_resize is true"],
    [{ size: { height: 40, width: 41 } }, "size is a square"],
    [{ rescale_image_frac: 0 }, "rescale_image_frac is a number above 0"],
    [{ patch_size: 40 }, `no field "patch_size"`],
  ],
  Lfm2VlImageProcessor: [
    [{ min_image_tokens: 0 }, "min_image_tokens is a whole number above 0"],
    [{ tile_size: 500 }, "tile_size is a multiple of encoder_patch_size, 16"],
    [{ max_pixels_tolerance: 0 }, "max_pixels_tolerance is a number above 0"],
    [{ patch_size: 16 }, `no field "patch_size"`],
  ],
};

/** Pictures that a class takes, and the next ones that it refuses. */
export const TILE_EDGES: Record<string, [config: object, taken: Pair, refused: Pair, message: string][]> = {
  DeepseekOcr2ImageProcessor: [
    [{}, [2000, 1], [2048, 1], "2048x1: it would be 1024x0"],
  ],
  Step3p7ImageProcessor: [
    [{}, [90000, 32], [100000, 32], "100000x32: it would be 3024x0"],
  ],
  Gemma4ImageProcessor: [
    [{ do_resize: false }, [48, 48], [48, 49], "not made of whole patches of 16x16"],
    [{ do_resize: false, max_soft_tokens: 70 }, [480, 336], [496, 336], "it has 651 patches, and 630"],
  ],
  Gemma4UnifiedImageProcessor: [
    [{ do_resize: false }, [48, 96], [48, 64], "not made of whole patches of 48x48"],
  ],
  MiniCPMV4_6ImageProcessor: [
    [{ do_resize: false, backend: "pil" }, [448, 280], [448, 281], "not made of whole patches"],
  ],
  Phi4MultimodalImageProcessor: [
    // 36 × 1 tiles: 16128 pixels across.
    [{}, [16128, 10], [17920, 10], "17920x10: it would be 16128x9"],
  ],
  InklingImageProcessor: [
    [{ rescale_image_frac: 0.25 }, [8, 2], [8, 1], "8x1: it would be 2x0"],
  ],
  Lfm2VlImageProcessor: [
    [
      { do_image_splitting: false },
      [7700, 30],
      [9000, 30],
      "9000x30: it would have 1108 patches, and max_image_tokens allows 1024",
    ],
  ],
};
