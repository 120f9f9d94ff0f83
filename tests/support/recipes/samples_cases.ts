/** The outputs of a call: their shapes, and integers themselves where they are few. */
export type Expected = Record<string, { shape: number[]; values?: number[]; lists?: number[] }>;

/**
 * A class, a config, and what calls of three small pictures return: A of 200 × 120, B of 70 × 150, C of 90 ×
 * 90.
 */
export interface Case {
  type: string;
  config: Record<string, unknown>;
  /** Of one sample with the pictures A and B. */
  flat: Expected;
  /** Of a sample with A and one with B and C. */
  nested: Expected;
}

/** Resolutions of tiles of 28: height, width. */
const PINPOINTS = [[28, 56], [56, 28], [56, 56], [84, 28], [28, 84]];

/**
 * Shapes and integers worked out by hand from each class's formulas, at sizes that keep the pictures small.
 */
export const CASES: Case[] = [
  // Sides to the nearest 28, halves to even: 196 × 112, 56 × 140, 84 × 84.
  grids("Qwen2VLImageProcessor", {}, [1176]),
  grids("Glm4vImageProcessor", {}, [1176]),
  grids("PaddleOCRVLImageProcessor", { min_pixels: 3136, max_pixels: 100000 }, [3, 14, 14]),
  {
    // 100 × 60, 46 × 100 and 90 × 90, on a canvas of 100 × 100.
    type: "Idefics2ImageProcessor",
    config: { size: { shortest_edge: 40, longest_edge: 100 } },
    flat: {
      pixel_values: { shape: [1, 2, 3, 100, 100] },
      pixel_attention_mask: mask([1, 2, 100, 100], [[100, 60], [46, 100]]),
    },
    nested: {
      pixel_values: { shape: [2, 2, 3, 100, 100] },
      pixel_attention_mask: mask([2, 2, 100, 100], [[100, 60], [0, 0], [46, 100], [90, 90]]),
    },
  },
  {
    // Quarters of 100 × 60 and 35 × 75, 35 and 45 up to 40; 75 rows at most, 100 columns.
    type: "Idefics2ImageProcessor",
    config: { size: { shortest_edge: 40, longest_edge: 100 }, do_image_splitting: true },
    flat: {
      pixel_values: { shape: [1, 10, 3, 100, 100] },
      pixel_attention_mask: mask([1, 10, 100, 100], [
        ...[...Array(4).fill([100, 60]), [100, 60]],
        ...[...Array(4).fill([40, 75]), [46, 100]],
      ]),
    },
    nested: {
      pixel_values: { shape: [2, 10, 3, 100, 100] },
      pixel_attention_mask: mask([2, 10, 100, 100], [
        ...[...Array(4).fill([100, 60]), [100, 60], ...Array(5).fill([0, 0])],
        ...[...Array(4).fill([40, 75]), [46, 100]],
        ...[...Array(4).fill([45, 45]), [90, 90]],
      ]),
    },
  },
  // 120 × 72 on 3 × 2 tiles of 50, 56 × 120 on 2 × 3, 120 × 120 on 3 × 3, and all of each after its tiles.
  tiles("Idefics3ImageProcessor"),
  tiles("SmolVLMImageProcessor"),
  {
    // A and B are long enough for two crops, C is not.
    type: "Gemma3ImageProcessor",
    config: { size: { height: 48, width: 64 }, do_pan_and_scan: true, pan_and_scan_min_crop_size: 32 },
    flat: { pixel_values: { shape: [6, 3, 48, 64] }, num_crops: { shape: [2], values: [2, 2] } },
    nested: { pixel_values: { shape: [7, 3, 48, 64] }, num_crops: { shape: [3], values: [2, 2, 0] } },
  },
  {
    // A shrinks least on 2 × 2 tiles of 56 (to 0.56), B on 3 × 1 (to 0.8), and C grows least on 2 × 2.
    type: "MllamaImageProcessor",
    config: { size: { height: 56, width: 56 } },
    flat: {
      pixel_values: { shape: [1, 2, 4, 3, 56, 56] },
      aspect_ratio_ids: { shape: [1, 2], values: [6, 7] },
      aspect_ratio_mask: { shape: [1, 2, 4], values: [1, 1, 1, 1, 1, 1, 1, 0] },
      num_tiles: { shape: [2], values: [4, 3], lists: [2] },
    },
    nested: {
      pixel_values: { shape: [2, 2, 4, 3, 56, 56] },
      aspect_ratio_ids: { shape: [2, 2], values: [6, 0, 7, 6] },
      aspect_ratio_mask: { shape: [2, 2, 4], values: [1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1] },
      num_tiles: { shape: [3], values: [4, 3, 4], lists: [1, 2] },
    },
  },
  {
    // 100 × 60, 46 × 100 and 90 × 90, each up to whole patches.
    type: "PixtralImageProcessor",
    config: { size: { longest_edge: 100 } },
    flat: {
      pixel_values: { shape: [2, 3, 112, 112] },
      image_sizes: { shape: [2, 2], values: [64, 112, 112, 48] },
    },
    nested: {
      pixel_values: { shape: [3, 3, 112, 112] },
      image_sizes: { shape: [3, 2], values: [64, 112, 112, 48, 96, 96] },
    },
  },
  {
    // The most of 24 patches at A's aspect, 200 by 120, are 4 rows of 6; at B's, 7 of 3; at C's, 4 of 4.
    type: "Siglip2ImageProcessor",
    config: { max_num_patches: 24 },
    flat: {
      pixel_values: { shape: [2, 24, 768] },
      pixel_attention_mask: { shape: [2, 24], values: [...ones(24, 24), ...ones(21, 24)] },
      spatial_shapes: { shape: [2, 2], values: [4, 6, 7, 3] },
    },
    nested: {
      pixel_values: { shape: [3, 24, 768] },
      pixel_attention_mask: { shape: [3, 24], values: [...ones(24, 24), ...ones(21, 24), ...ones(16, 24)] },
      spatial_shapes: { shape: [3, 2], values: [4, 6, 7, 3, 4, 4] },
    },
  },
  stills("CLIPImageProcessor", { size: 40, crop_size: 32 }, [3, 32, 32]),
  // The crop is larger than what it shows, and pad_size larger than the crop.
  stills(
    "CLIPImageProcessor",
    { size: 20, crop_size: 32, do_pad: true, pad_size: { height: 40, width: 36 } },
    [3, 40, 36],
  ),
  stills("SiglipImageProcessor", { size: { height: 24, width: 40 } }, [3, 24, 40]),
  // 50 × 30, 30 × 64 and 30 × 30.
  stills("SiglipImageProcessor", { size: { shortest_edge: 30 }, do_pad: true }, [3, 64, 50]),
  // 50 × 30, 23 × 50 (50 · 70 / 150 is 23.3) and 40 × 40.
  stills("SiglipImageProcessor", { size: { shortest_edge: 40, longest_edge: 50 }, do_pad: true }, [
    3,
    50,
    50,
  ]),
  stills("LlavaImageProcessor", { size: 40, crop_size: { height: 36, width: 48 }, do_pad: true }, [
    3,
    36,
    48,
  ]),
  {
    // A survives best on 56 × 56, so four tiles of 28, B on 28 × 84 (1680 pixels, 1456 on 56 × 56), C on 56 ×
    // 56.
    type: "LlavaNextImageProcessor",
    config: { size: 28, crop_size: 28, image_grid_pinpoints: PINPOINTS },
    flat: {
      pixel_values: { shape: [2, 5, 3, 28, 28] },
      image_sizes: { shape: [2, 2], values: [120, 200, 150, 70] },
    },
    nested: {
      pixel_values: { shape: [3, 5, 3, 28, 28] },
      image_sizes: { shape: [3, 2], values: [120, 200, 150, 70, 90, 90] },
    },
  },
  {
    type: "LlavaNextImageProcessor",
    config: { size: 28, crop_size: 28, image_grid_pinpoints: PINPOINTS, do_pad: false },
    flat: {
      pixel_values: { shape: [9, 3, 28, 28], lists: [5, 4] },
      image_sizes: { shape: [2, 2], values: [120, 200, 150, 70] },
    },
    nested: {
      pixel_values: { shape: [14, 3, 28, 28], lists: [5, 4, 5] },
      image_sizes: { shape: [3, 2], values: [120, 200, 150, 70, 90, 90] },
    },
  },
  {
    // 30 rows of 50 pixels are two rows of three tiles of 20, those at the right and the bottom cut off at
    // 10.
    type: "LlavaNextImageProcessor",
    config: { size: 28, crop_size: 20, image_grid_pinpoints: [[30, 50]] },
    flat: {
      pixel_values: { shape: [2, 7, 3, 20, 20] },
      image_sizes: { shape: [2, 2], values: [120, 200, 150, 70] },
    },
    nested: {
      pixel_values: { shape: [3, 7, 3, 20, 20] },
      image_sizes: { shape: [3, 2], values: [120, 200, 150, 70, 90, 90] },
    },
  },
  {
    // Of six tiles at most, 3 × 2 is nearest to 5 : 3, and 1 × 2 to 7 : 15; C is large enough for 2 × 2.
    type: "GotOcr2ImageProcessor",
    config: { size: 32, crop_to_patches: true, max_patches: 6 },
    flat: { pixel_values: { shape: [10, 3, 32, 32] }, num_patches: { shape: [2], values: [7, 3] } },
    nested: { pixel_values: { shape: [15, 3, 32, 32] }, num_patches: { shape: [3], values: [7, 3, 5] } },
  },
  {
    // Two rows of three cover A at its own resolution, two rows of one B, two of two C: Ovis2 lays them out
    // transposed.
    type: "Ovis2ImageProcessor",
    config: { size: 80, crop_to_patches: true, max_patches: 6 },
    flat: { pixel_values: { shape: [10, 3, 80, 80] }, grids: { shape: [2, 2], values: [3, 2, 1, 2] } },
    nested: {
      pixel_values: { shape: [15, 3, 80, 80] },
      grids: { shape: [3, 2], values: [3, 2, 1, 2, 2, 2] },
    },
  },
  {
    type: "Ovis2ImageProcessor",
    config: {
      size: 32,
      crop_to_patches: true,
      max_patches: 6,
      use_covering_area_grid: false,
      do_center_crop: true,
      crop_size: 24,
    },
    flat: { pixel_values: { shape: [10, 3, 24, 24] }, grids: { shape: [2, 2], values: [2, 3, 2, 1] } },
    nested: {
      pixel_values: { shape: [15, 3, 24, 24] },
      grids: { shape: [3, 2], values: [2, 3, 2, 1, 2, 2] },
    },
  },
  {
    // 490 × 294, 228 × 490, 490 × 490.
    type: "AriaImageProcessor",
    config: { max_image_size: 490, min_image_size: 100 },
    flat: {
      pixel_values: { shape: [2, 3, 490, 490] },
      pixel_mask: mask([2, 490, 490], [[490, 294], [228, 490]]),
      num_crops: { shape: [1], values: [1] },
    },
    nested: {
      pixel_values: { shape: [3, 3, 490, 490] },
      pixel_mask: mask([3, 490, 490], [[490, 294], [228, 490], [490, 490]]),
      num_crops: { shape: [1], values: [1] },
    },
  },
  {
    // The squares of 800 × 490 are one of 490 and one of 310 × 490, which is scaled to no less than 336 wide.
    type: "AriaImageProcessor",
    config: { max_image_size: 490, split_image: true, split_resolutions: [[490, 800]] },
    flat: {
      pixel_values: { shape: [4, 3, 490, 490] },
      pixel_mask: mask([4, 490, 490], [[490, 490], [336, 490], [490, 490], [336, 490]]),
      num_crops: { shape: [1], values: [2] },
    },
    nested: {
      pixel_values: { shape: [6, 3, 490, 490] },
      pixel_mask: mask([6, 490, 490], Array(3).fill([[490, 490], [336, 490]]).flat()),
      num_crops: { shape: [1], values: [2] },
    },
  },
  stills("BlipImageProcessor", { size: 40 }, [3, 40, 40]),
  stills("ViTImageProcessor", { size: { height: 24, width: 40 } }, [3, 24, 40]),
  stills("IdeficsImageProcessor", { image_size: 40, size: 30 }, [3, 40, 40]),
  stills("Tipsv2ImageProcessor", { size: 40 }, [3, 40, 40]),
  // 40 × 24, 19 × 40 and 40 × 40.
  stills("PI0ImageProcessor", { size: { max_height: 40, max_width: 40 }, pad_size: 48 }, [3, 48, 48]),
  stills("ChameleonImageProcessor", { size: 40, crop_size: 32 }, [3, 32, 32]),
  stills("ChineseCLIPImageProcessor", { size: 40, crop_size: 32 }, [3, 32, 32]),
  stills("ConvNextImageProcessor", { size: 32 }, [3, 32, 32]),
  stills(
    "ConvNextImageProcessor",
    { size: 32, crop_pct: 1.25, do_center_crop: true, crop_size: { height: 28, width: 40 } },
    [3, 28, 40],
  ),
  stills("DINOv3ViTImageProcessor", { size: { height: 24, width: 40 } }, [3, 24, 40]),
  // The crop is larger than what it shows, black before it is normalised.
  stills(
    "DINOv3ViTImageProcessor",
    { size: { shortest_edge: 30 }, resample: 3, do_center_crop: true, crop_size: { height: 40, width: 36 } },
    [3, 40, 36],
  ),
  stills("JanusImageProcessor", { size: 40 }, [3, 40, 40]),
  // 50 × 30, 23 × 50 and 50 × 50.
  stills("DeepseekVLImageProcessor", { size: 50, image_mean: [0.25, 0.25, 0.25] }, [3, 50, 50]),
  {
    type: "DeepseekVLHybridImageProcessor",
    config: { size: 40, high_res_size: 64, image_mean: [0.5, 0.4, 0.3], high_res_image_std: 0.5 },
    flat: {
      pixel_values: { shape: [2, 3, 40, 40] },
      high_res_pixel_values: { shape: [2, 3, 64, 64] },
    },
    nested: {
      pixel_values: { shape: [3, 3, 40, 40] },
      high_res_pixel_values: { shape: [3, 3, 64, 64] },
    },
  },
  {
    type: "FlavaImageProcessor",
    config: {
      size: 40,
      crop_size: 32,
      return_codebook_pixels: true,
      codebook_size: 30,
      codebook_crop_size: 24,
    },
    flat: {
      pixel_values: { shape: [2, 3, 32, 32] },
      codebook_pixel_values: { shape: [2, 3, 24, 24] },
    },
    nested: {
      pixel_values: { shape: [3, 3, 32, 32] },
      codebook_pixel_values: { shape: [3, 3, 24, 24] },
    },
  },
  {
    // The largest multiples of 8 within 100 × 60, 52.9 × 113.4 and 77.5 × 77.5, which have 6000 pixels.
    type: "Emu3ImageProcessor",
    config: { min_pixels: 64, max_pixels: 6000 },
    flat: {
      pixel_values: { shape: [2, 3, 112, 96] },
      image_sizes: { shape: [2, 2], values: [56, 96, 112, 48] },
    },
    nested: {
      pixel_values: { shape: [3, 3, 112, 96] },
      image_sizes: { shape: [3, 2], values: [56, 96, 112, 48, 72, 72] },
    },
  },
  // Up to multiples of 16, zeros around.
  stills("CHMv2ImageProcessor", { do_center_crop: true, crop_size: { height: 100, width: 90 } }, [
    3,
    112,
    96,
  ]),
];

function grids(type: string, config: Record<string, unknown>, row: number[]): Case {
  return {
    type,
    config,
    flat: {
      pixel_values: { shape: [112 + 40, ...row] },
      image_grid_thw: { shape: [2, 3], values: [1, 8, 14, 1, 10, 4] },
    },
    nested: {
      pixel_values: { shape: [112 + 40 + 36, ...row] },
      image_grid_thw: { shape: [3, 3], values: [1, 8, 14, 1, 10, 4, 1, 6, 6] },
    },
  };
}

/** A row a picture, and nothing besides. */
function stills(type: string, config: Record<string, unknown>, row: number[]): Case {
  return {
    type,
    config,
    flat: { pixel_values: { shape: [2, ...row] } },
    nested: { pixel_values: { shape: [3, ...row] } },
  };
}

function tiles(type: string): Case {
  const whole = (count: number) => Array(count).fill([50, 50]);
  return {
    type,
    config: { size: { longest_edge: 120 }, max_image_size: { longest_edge: 50 }, return_row_col_info: true },
    flat: {
      pixel_values: { shape: [1, 14, 3, 50, 50] },
      pixel_attention_mask: mask([1, 14, 50, 50], whole(14)),
      rows: { shape: [2], values: [2, 3], lists: [2] },
      cols: { shape: [2], values: [3, 2], lists: [2] },
    },
    nested: {
      pixel_values: { shape: [2, 17, 3, 50, 50] },
      pixel_attention_mask: mask([2, 17, 50, 50], [...whole(7), ...Array(10).fill([0, 0]), ...whole(17)]),
      rows: { shape: [3], values: [2, 3, 3], lists: [1, 2] },
      cols: { shape: [3], values: [3, 2, 3], lists: [1, 2] },
    },
  };
}

/** Planes of ones of these widths and heights, zeros after them. */
function mask(shape: number[], sizes: readonly [width: number, height: number][]) {
  const [height, width] = shape.slice(-2);
  const values = sizes.flatMap(([w, h]) => {
    return Array.from({ length: height * width }, (_, i) => i % width < w && i < h * width ? 1 : 0);
  });
  return { shape, values };
}

function ones(count: number, length: number): number[] {
  return Array.from({ length }, (_, i) => i < count ? 1 : 0);
}
