import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { DOCUMENT_EDGES, DOCUMENT_REFUSED } from "../../support/recipes/documents_cases.ts";
import { PATCH_EDGES, PATCH_REFUSED } from "../../support/recipes/patches_cases.ts";
import { TILE_EDGES, TILE_REFUSED } from "../../support/recipes/tiles_cases.ts";

/** Configs that make no sense, by class, and how the error names what is wrong. */
const CONFIGS: Record<string, [config: Record<string, unknown>, message: string][]> = {
  ...PATCH_REFUSED,
  ...TILE_REFUSED,
  ...DOCUMENT_REFUSED,
  Qwen2VLImageProcessor: [
    [{ size: { shortest_edge: 3136 } }, "size is an object with both"],
    [{ size: { height: 224, width: 224 } }, "size is an object with shortest_edge"],
    [{ merge_size: 0 }, "merge_size is a whole number above 0, found 0"],
    [{ video: "yes" }, `video is true or false, found "yes"`],
  ],
  Glm4vImageProcessor: [
    [{ min_pixels: 3136 }, `no field "min_pixels"`],
    [{ size: { longest_edge: 3136 } }, "size is an object with both"],
  ],
  PaddleOCRVLImageProcessor: [
    [{ patch: 14 }, `no field "patch"`],
  ],
  Idefics2ImageProcessor: [
    [{ size: { longest_edge: 980 } }, "size is an object with shortest_edge and longest_edge"],
    [{ max_image_size: { longest_edge: 364 } }, `no field "max_image_size"`],
  ],
  Idefics3ImageProcessor: [
    [{ size: { longest_edge: 364, height: 364, width: 364 } }, "size is an object with longest"],
    [{ max_image_size: { height: 364, width: 364 } }, "max_image_size is an object with"],
    [{ video_sampling: {} }, `no field "video_sampling"`],
  ],
  SmolVLMImageProcessor: [
    [{ do_image_splitting: 1 }, "do_image_splitting is true or false, found 1"],
    [{ sampling: {} }, `no field "sampling"`],
  ],
  Gemma3ImageProcessor: [
    [{ size: { longest_edge: 896 } }, "size is an object with height and width"],
    [{ do_pan_and_scan: true, do_resize: false }, "do_resize is true with do_pan_and_scan"],
    [{ pan_and_scan_max_num_crops: 0 }, "pan_and_scan_max_num_crops is a whole number above 0"],
    [{ do_pan_scan: true }, `no field "do_pan_scan"`],
  ],
  MllamaImageProcessor: [
    [{ size: { height: 560, width: 448 } }, "size is a square"],
    [{ do_pad: false }, "do_pad is true"],
    [{ do_resize: false }, "do_resize is true"],
    [{ max_image_tiles: 0 }, "max_image_tiles is a whole number above 0"],
    [{ max_tiles: 4 }, `no field "max_tiles"`],
  ],
  PixtralImageProcessor: [
    [{ size: { shortest_edge: 1024 } }, "size is an object with longest_edge"],
    [{ patch_size: { longest_edge: 16 } }, "patch_size is an object with height and width"],
    [{ do_center_crop: true }, "crop_size is a size where do_center_crop is true"],
    [{ merge_size: 2 }, `no field "merge_size"`],
  ],
  Siglip2ImageProcessor: [
    [{ max_num_patches: 1.5 }, "max_num_patches is a whole number above 0"],
    [{ num_patches: 256 }, `no field "num_patches"`],
  ],
  CLIPImageProcessor: [
    [{ size: { longest_edge: 224 } }, "size is either height and width, shortest_edge"],
    [{ size: { height: 224, width: 224, shortest_edge: 224 } }, "size is either height and width"],
    [{ crop_size: { shortest_edge: 224 } }, "crop_size is an object with height and width"],
    [{ size: { height: 224 } }, "size is either height and width"],
    [{ crop_size: { height: 224, width: "224" } }, "crop_size is"],
    [{ do_center_crop: "no" }, 'do_center_crop is true or false, found "no"'],
    [{ pad_size: { longest_edge: 336 } }, "pad_size is an object with height and width"],
    [{ image_std: [0.2, 0.2] }, "image_std is a number, or three of them"],
    [{ patch_size: 14 }, `no field "patch_size"`],
  ],
  SiglipImageProcessor: [
    [{ size: { longest_edge: 384 } }, "size is either height and width"],
    [{ size: { height: 384 } }, "size is either height and width"],
    [{ do_center_crop: true }, "crop_size is a size where do_center_crop is true"],
    [{ pad_size: { shortest_edge: 3 } }, "pad_size is an object with height and width"],
    [{ num_patches: 256 }, `no field "num_patches"`],
  ],
  LlavaImageProcessor: [
    [{ do_pad: "square" }, `do_pad is true or false, found "square"`],
    [{ size: { max_height: 336 } }, "size is either height and width"],
    [{ vision_feature_select_strategy: "cls" }, "is one of default, full"],
    [{ image_grid_pinpoints: [[336, 672]] }, `no field "image_grid_pinpoints"`],
  ],
  LlavaNextImageProcessor: [
    [{ size: { max_height: 336, max_width: 336 } }, "size is height and width, or shortest_edge"],
    [{ image_grid_pinpoints: [] }, "image_grid_pinpoints is a list of [height, width]"],
    [{ image_grid_pinpoints: [[336]] }, "image_grid_pinpoints is a list of"],
    [{ image_grid_pinpoints: [[336, 672], [672]] }, "image_grid_pinpoints is a list of [height, width]"],
    [{ num_additional_image_tokens: -1 }, "num_additional_image_tokens is a whole"],
    [{ grid_pinpoints: [] }, `no field "grid_pinpoints"`],
  ],
  LlavaOnevisionImageProcessor: [
    [{ do_center_crop: true }, "crop_size is a size where do_center_crop is true"],
    [{ vision_aspect_ratio: "square" }, "vision_aspect_ratio is a text such as"],
    [{ image_grid_pinpoints: "384" }, "image_grid_pinpoints is"],
    [{ video: 1 }, "video is true or false, found 1"],
    [{ batch_num_images: 1 }, `no field "batch_num_images"`],
  ],
  GotOcr2ImageProcessor: [
    [{ max_patches: 0 }, "max_patches is a whole number above 0, found 0"],
    [{ crop_to_patches: true, size: { shortest_edge: 448 } }, "size is an object with height and width"],
    [{ use_thumbnail: true }, `no field "use_thumbnail"`],
  ],
  Ovis2ImageProcessor: [
    [{ max_patches: 0 }, "max_patches is a whole number above 0"],
    [{ covering_threshold: 0.9 }, `no field "covering_threshold"`],
  ],
  AriaImageProcessor: [
    [{ max_image_size: 600 }, "max_image_size is 490 or 980, found 600"],
    [{ min_image_size: "small" }, "min_image_size is"],
    [{ max_image_size: 448 }, "max_image_size is 490 or 980, found 448"],
    [{ max_image_size: 490, min_image_size: 500 }, "min_image_size is at most max_image"],
    [{ split_resolutions: [490, 980] }, "split_resolutions is a list of [height, width]"],
    [{ split_ratio: [[1, 2]] }, `no field "split_ratio"`],
  ],
  BlipImageProcessor: [
    [{ size: { longest_edge: 384 } }, "size is either height and width"],
    [{ num_query_tokens: 0 }, "num_query_tokens is a whole number above 0"],
    [{ patch_size: 14 }, `no field "patch_size"`],
  ],
  ViTImageProcessor: [
    [{ size: { height: 224 } }, "size is either height and width"],
    [{ crop_pct: 0.9 }, `no field "crop_pct"`],
    [{ resample: 7 }, "resample is a number from 0 to 5"],
  ],
  IdeficsImageProcessor: [
    [{ image_size: { shortest_edge: 224 } }, "image_size is an object with height and width"],
    [{ image_num_channels: 1 }, "image_num_channels is 3"],
    [{ transform: "none" }, `no field "transform"`],
  ],
  ChameleonImageProcessor: [
    [{ image_seq_length: 0.5 }, "image_seq_length is a whole number above 0"],
    [{ crop_size: { shortest_edge: 512 } }, "crop_size is an object with height and width"],
    [{ image_break: "<x>" }, `no field "image_break"`],
  ],
  ChineseCLIPImageProcessor: [
    [{ do_center_crop: "yes" }, `do_center_crop is true or false, found "yes"`],
    [{ num_patches: 3 }, `no field "num_patches"`],
  ],
  ConvNextImageProcessor: [
    [{ size: { height: 224, width: 224 } }, "size is an object with shortest_edge"],
    [{ crop_pct: 0 }, "crop_pct is a number above 0, found 0"],
    [{ do_center_crop: true }, "crop_size is a size where do_center_crop is true"],
    [{ crop: 0.9 }, `no field "crop"`],
  ],
  Tipsv2ImageProcessor: [
    [{ do_normalize: true, image_std: 0.5 }, "image_mean is three numbers where do_normalize is true"],
    [{ backend: "pil" }, "backend is one of torchvision, torchvision-cuda, which this class has"],
    [{ patch_size: 14 }, `no field "patch_size"`],
  ],
  PI0ImageProcessor: [
    [{ size: { max_height: 224 } }, "size is either height and width"],
    [{ pad_size: { max_height: 224, max_width: 224 } }, "pad_size is an object with height and width"],
    [{ backend: "pil" }, "backend is one of torchvision, torchvision-cuda, which this class has"],
    [{ cameras: 2 }, `no field "cameras"`],
  ],
  JanusImageProcessor: [
    [{ size: { height: 384, width: 336 } }, "size is a square: its height and width are the same"],
    [{ min_size: 0 }, "min_size is a whole number above 0"],
    [{ do_pad: 1 }, "do_pad is true or false, found 1"],
    [{ num_image_tokens: 576 }, `no field "num_image_tokens"`],
  ],
  DeepseekVLImageProcessor: [
    [{ size: { shortest_edge: 384 } }, "size is an object with height and width"],
    [{ num_image_tokens: 0 }, "num_image_tokens is a whole number above 0"],
    [{ high_res_size: 1024 }, `no field "high_res_size"`],
  ],
  DeepseekVLHybridImageProcessor: [
    [{ high_res_size: { height: 1024, width: 512 } }, "high_res_…: size is a square"],
    [{ high_res_image_std: [0, 1, 1] }, "high_res_…: image_std is a number, or three of them"],
    [{ high_res_resample: "bicubic" }, "high_res_…: resample is a number from 0 to 5"],
    [{ high_res_crop: 3 }, `high_res_… has no field "crop"`],
    [{ do_resize: false }, "do_resize is true"],
    [{ do_pad: false }, "do_pad is true"],
  ],
  FlavaImageProcessor: [
    [{ return_image_mask: true }, "return_image_mask is false: Python draws the masks by chance"],
    [{ codebook_size: { longest_edge: 112 } }, "codebook_…: size is either height and width"],
    [{ codebook_do_map_pixels: "yes" }, "codebook_…: do_map_pixels is true or false"],
    [{ codebook_patches: 3 }, `codebook_… has no field "patches"`],
    [{ mask_patches: 3 }, `no field "mask_patches"`],
  ],
  DINOv3ViTImageProcessor: [
    [{ resample: 0 }, "resample is the number of bilinear or bicubic, by which floats are resized, found 0"],
    [{ do_rescale: false }, "do_rescale is true: the Python code normalises no bytes"],
    [{ size: { longest_edge: 224 } }, "size is either height and width"],
    [{ backend: "pil" }, "backend is one of torchvision, torchvision-cuda, which this class has"],
    [{ patch_size: 16 }, `no field "patch_size"`],
  ],
  Emu3ImageProcessor: [
    [{ size: { shortest_edge: 100 } }, "size is an object with both"],
    [{ spatial_factor: 1.5 }, "spatial_factor is a whole number above 0"],
    [{ backend: "torchvision" }, "backend is one of pil, which this class has"],
    [{ patch_size: 8 }, `no field "patch_size"`],
  ],
  VideoLlavaImageProcessor: [
    [{ vision_feature_select_strategy: "cls" }, "is one of default, full"],
    [{ backend: "torchvision-cuda" }, "backend is one of pil, which this class has"],
    [{ num_frames: 8 }, `no field "num_frames"`],
  ],
  CHMv2ImageProcessor: [
    [{ size: { shortest_edge: 384 } }, "size is an object with height and width"],
    [{ ensure_multiple_of: 0 }, "ensure_multiple_of is a whole number above 0"],
    [{ size_divisor: 1.5 }, "size_divisor is a whole number above 0"],
    [{ do_pad: false, size_divisor: 1.5 }, "size_divisor is a whole number above 0"],
    [{ keep_aspect: true }, `no field "keep_aspect"`],
  ],
};

for (const [type, rows] of Object.entries(CONFIGS)) {
  for (const [config, message] of rows) {
    Deno.test(`recipeFromConfig refuses ${type} ${JSON.stringify(config)}`, () => {
      const make = () => recipeFromConfig({ image_processor_type: type, ...config });
      const error = assertThrows(make, VitrailError);
      assertEquals(error.code, "recipe");
      assertStringIncludes(error.message, type);
      assertStringIncludes(error.message, message);
    });
  }
}

/** A width and a height. */
type Pair = [width: number, height: number];

const NINE_CROPS = { do_pan_and_scan: true, pan_and_scan_min_crop_size: 1, pan_and_scan_max_num_crops: 9 };

/** Sizes at the edge of what Python takes, the next ones, which it refuses, and how the error names those. */
const PICTURES: Record<string, [config: object, taken: Pair, refused: Pair, message: string][]> = {
  ...PATCH_EDGES,
  ...TILE_EDGES,
  ...DOCUMENT_EDGES,
  Qwen2VLImageProcessor: [
    [{}, [2000, 10], [2001, 10], "2001x10: one side may be 200 times"],
    [
      { do_resize: false },
      [56, 28],
      [56, 42],
      "56x42 has no whole groups of patches: where do_resize is false",
    ],
  ],
  // GLM-4.1V's and PaddleOCR-VL's shorter side is at least a group of patches first.
  Glm4vImageProcessor: [
    [{}, [5600, 28], [5601, 28], "5601x28: one side may be 200 times"],
    [{}, [200, 1], [201, 1], "201x1: one side may be 200 times"],
  ],
  PaddleOCRVLImageProcessor: [
    [{}, [200, 1], [201, 1], "201x1: one side may be 200 times"],
  ],
  PixtralImageProcessor: [
    [{}, [1024, 1], [1025, 1], "1025x1: it would become 1024x0, and both sides must be at least 1"],
  ],
  Idefics2ImageProcessor: [
    [{ do_image_splitting: true }, [2, 2], [1, 2], "1x2: a quarter of it would be empty"],
  ],
  Gemma3ImageProcessor: [
    [NINE_CROPS, [8, 1], [10, 1], "10x1: the last of 9 crops would be empty"],
  ],
  Siglip2ImageProcessor: [
    [{ do_resize: false }, [256, 256], [256, 272], "256x272: it has 272 patches, and 256"],
    [
      { do_resize: false },
      [32, 48],
      [32, 50],
      "32x50 has no whole groups of patches: where do_resize is false",
    ],
  ],
  SiglipImageProcessor: [
    [{ size: { shortest_edge: 20, longest_edge: 50 } }, [100, 2], [101, 1], "101x1 resized to"],
    [{ do_resize: false, do_pad: true, pad_size: 30 }, [30, 30], [31, 30], "31x30: pad_size is smaller"],
  ],
  PI0ImageProcessor: [
    [{ size: { max_height: 20, max_width: 20 } }, [60, 3], [61, 3], "61x3 resized to"],
    [
      { pad_size: { height: 112, width: 224 } },
      [2, 1],
      [1, 2],
      "1x2: pad_size is smaller than what it becomes",
    ],
  ],
  // Python reads lines as channels where a picture has 1 or 3 of them.
  Emu3ImageProcessor: [
    [{}, [1, 2], [2, 1], "2x1: the Python code takes the lines of a picture"],
    [{}, [400, 2], [401, 2], "401x2: one side may be 200 times"],
  ],
  VideoLlavaImageProcessor: [
    [{}, [3, 2], [2, 3], "2x3: the Python code takes the lines of a picture"],
    [{}, [3, 4], [1, 1], "1x1: the Python code takes the lines of a picture"],
  ],
  CHMv2ImageProcessor: [
    [{ do_resize: true, size: 32 }, [64, 24], [64, 8], "64x8: a side of it would round to 0"],
  ],
};

for (const [type, rows] of Object.entries(PICTURES)) {
  for (const [config, taken, refused, message] of rows) {
    const sizes = `${taken.join("x")}, not ${refused.join("x")}`;
    Deno.test(`planSample takes ${sizes}: ${type} ${JSON.stringify(config)}`, () => {
      const recipe = recipeFromConfig({ image_processor_type: type, ...config });
      const plan = ([width, height]: Pair) => planSample(recipe, [{ width, height }]);
      assertEquals(plan(taken).images.length, 1);
      const error = assertThrows(() => plan(refused), VitrailError, message);
      assertEquals(error.code, "shape");
    });
  }
}

Deno.test("planSample takes pictures of one size alone of Emu3 without padding", () => {
  const recipe = recipeFromConfig({ image_processor_type: "Emu3ImageProcessor", do_pad: false });
  const size = { width: 640, height: 480 };
  assertEquals(planSample(recipe, [size, size]).outputs.pixel_values.shape, [2, 3, 480, 640]);
  assertThrows(
    () => planSample(recipe, [size, { width: 480, height: 640 }]),
    VitrailError,
    "do_pad is false, and pictures of the call differ in size",
  );
});

Deno.test("planSample takes pictures of one size alone of Idefics2 without padding", () => {
  const recipe = recipeFromConfig({ image_processor_type: "Idefics2ImageProcessor", do_pad: false });
  const size = { width: 500, height: 400 };
  assertEquals(planSample(recipe, [size, size]).outputs.pixel_values.as, [1, 2, 3, 400, 500]);
  assertThrows(
    () => planSample(recipe, [size, { width: 400, height: 500 }]),
    VitrailError,
    "do_pad is false, and frames of the call differ in size",
  );
});

Deno.test("planSample refuses a call whose mask of patches no memory holds, by name", () => {
  const pictures = Array(16_385).fill({ width: 16, height: 16 });
  const most = "16385 pictures or tiles of 65536 rows of patches is too large for their mask; 16384 of them";
  for (
    const config of [
      { image_processor_type: "Siglip2ImageProcessor", max_num_patches: 65_536, do_resize: false },
      { image_processor_type: "Lfm2VlImageProcessor", max_image_tokens: 16_384, do_image_splitting: false },
    ]
  ) {
    const error = assertThrows(() => planSample(recipeFromConfig(config), pictures), VitrailError);
    assertEquals(error.code, "limit");
    assertStringIncludes(error.message, most);
  }
});
