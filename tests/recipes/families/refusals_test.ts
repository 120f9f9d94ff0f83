import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";

/** Configs that make no sense, and how the error names what is wrong. */
const CONFIGS: [type: string, config: Record<string, unknown>, message: string][] = [
  ["Qwen2VLImageProcessor", { size: { shortest_edge: 3136 } }, "size is an object with both"],
  ["Qwen2VLImageProcessor", { size: { height: 224, width: 224 } }, "size is an object with shortest_edge"],
  [
    "Qwen2VLImageProcessor",
    { size: { shortest_edge: 100, longest_edge: 10 } },
    "size is a budget whose least (100",
  ],
  [
    "Qwen2VLImageProcessor",
    { min_pixels: 5e6, max_pixels: 4e6 },
    "min_pixels is a budget whose least (5000000",
  ],
  ["Qwen2VLImageProcessor", { merge_size: 0 }, "merge_size is a whole number above 0, found 0"],
  ["Qwen2VLImageProcessor", { video: "yes" }, `video is true or false, found "yes"`],
  ["Glm4vImageProcessor", { min_pixels: 3136 }, `no field "min_pixels"`],
  ["Glm4vImageProcessor", { size: { longest_edge: 3136 } }, "size is an object with both"],
  ["PaddleOCRVLImageProcessor", { max_pixels: 100 }, "size is a budget whose least (147456 pixels)"],
  ["PaddleOCRVLImageProcessor", { patch: 14 }, `no field "patch"`],
  [
    "Idefics2ImageProcessor",
    { size: { longest_edge: 980 } },
    "size is an object with shortest_edge and longest_edge",
  ],
  [
    "Idefics2ImageProcessor",
    { size: { shortest_edge: 981, longest_edge: 980 } },
    "whose longest_edge is at least",
  ],
  ["Idefics2ImageProcessor", { max_image_size: { longest_edge: 364 } }, `no field "max_image_size"`],
  [
    "Idefics3ImageProcessor",
    { size: { longest_edge: 364, height: 364, width: 364 } },
    "size is an object with longest",
  ],
  [
    "Idefics3ImageProcessor",
    { max_image_size: { height: 364, width: 364 } },
    "max_image_size is an object with",
  ],
  ["Idefics3ImageProcessor", { video_sampling: {} }, `no field "video_sampling"`],
  ["SmolVLMImageProcessor", { do_image_splitting: 1 }, "do_image_splitting is true or false, found 1"],
  ["SmolVLMImageProcessor", { sampling: {} }, `no field "sampling"`],
  ["Gemma3ImageProcessor", { size: { longest_edge: 896 } }, "size is an object with height and width"],
  [
    "Gemma3ImageProcessor",
    { pan_and_scan_max_num_crops: 0 },
    "pan_and_scan_max_num_crops is a whole number above 0",
  ],
  ["Gemma3ImageProcessor", { do_pan_scan: true }, `no field "do_pan_scan"`],
  ["MllamaImageProcessor", { size: { height: 560, width: 448 } }, "size is a square"],
  ["MllamaImageProcessor", { do_pad: false }, "do_pad is true"],
  ["MllamaImageProcessor", { do_resize: false }, "do_resize is true"],
  ["MllamaImageProcessor", { max_image_tiles: 0 }, "max_image_tiles is a whole number above 0"],
  ["MllamaImageProcessor", { max_tiles: 4 }, `no field "max_tiles"`],
  ["PixtralImageProcessor", { size: { shortest_edge: 1024 } }, "size is an object with longest_edge"],
  [
    "PixtralImageProcessor",
    { patch_size: { longest_edge: 16 } },
    "patch_size is an object with height and width",
  ],
  ["PixtralImageProcessor", { do_center_crop: true }, "crop_size is a size where do_center_crop is true"],
  ["PixtralImageProcessor", { merge_size: 2 }, `no field "merge_size"`],
  ["Siglip2ImageProcessor", { max_num_patches: 1.5 }, "max_num_patches is a whole number above 0"],
  ["Siglip2ImageProcessor", { num_patches: 256 }, `no field "num_patches"`],
  ["CLIPImageProcessor", { size: { longest_edge: 224 } }, "size is either height and width, shortest_edge"],
  [
    "CLIPImageProcessor",
    { size: { height: 224, width: 224, shortest_edge: 224 } },
    "size is either height and width",
  ],
  [
    "CLIPImageProcessor",
    { size: { shortest_edge: 300, longest_edge: 224 } },
    "size is an object whose longest_edge is at least",
  ],
  [
    "CLIPImageProcessor",
    { crop_size: { shortest_edge: 224 } },
    "crop_size is an object with height and width",
  ],
  ["CLIPImageProcessor", { size: { height: 224 } }, "size is either height and width"],
  ["CLIPImageProcessor", { crop_size: { height: 224, width: "224" } }, "crop_size is"],
  ["CLIPImageProcessor", { do_center_crop: "no" }, 'do_center_crop is true or false, found "no"'],
  ["CLIPImageProcessor", { pad_size: { longest_edge: 336 } }, "pad_size is an object with height and width"],
  ["CLIPImageProcessor", { image_std: [0.2, 0.2] }, "image_std is a number, or three of them"],
  ["CLIPImageProcessor", { patch_size: 14 }, `no field "patch_size"`],
  ["SiglipImageProcessor", { size: { longest_edge: 384 } }, "size is either height and width"],
  ["SiglipImageProcessor", { size: { height: 384 } }, "size is either height and width"],
  ["SiglipImageProcessor", { do_center_crop: true }, "crop_size is a size where do_center_crop is true"],
  ["SiglipImageProcessor", { pad_size: { shortest_edge: 3 } }, "pad_size is an object with height and width"],
  ["SiglipImageProcessor", { num_patches: 256 }, `no field "num_patches"`],
  ["LlavaImageProcessor", { do_pad: "square" }, `do_pad is true or false, found "square"`],
  ["LlavaImageProcessor", { size: { max_height: 336 } }, "size is either height and width"],
  ["LlavaImageProcessor", { vision_feature_select_strategy: "cls" }, "is one of default, full"],
  ["LlavaImageProcessor", { image_grid_pinpoints: [[336, 672]] }, `no field "image_grid_pinpoints"`],
  [
    "LlavaNextImageProcessor",
    { size: { max_height: 336, max_width: 336 } },
    "size is height and width, or shortest_edge",
  ],
  [
    "LlavaNextImageProcessor",
    { image_grid_pinpoints: [] },
    "image_grid_pinpoints is a list of [height, width]",
  ],
  ["LlavaNextImageProcessor", { image_grid_pinpoints: [[336]] }, "image_grid_pinpoints is a list of"],
  [
    "LlavaNextImageProcessor",
    { image_grid_pinpoints: [[336, 672], [672]] },
    "image_grid_pinpoints is a list of [height, width]",
  ],
  ["LlavaNextImageProcessor", { num_additional_image_tokens: -1 }, "num_additional_image_tokens is a whole"],
  ["LlavaNextImageProcessor", { grid_pinpoints: [] }, `no field "grid_pinpoints"`],
  [
    "LlavaOnevisionImageProcessor",
    { do_center_crop: true },
    "crop_size is a size where do_center_crop is true",
  ],
  [
    "LlavaOnevisionImageProcessor",
    { vision_aspect_ratio: "square" },
    "vision_aspect_ratio is a text such as",
  ],
  ["LlavaOnevisionImageProcessor", { image_grid_pinpoints: "384" }, "image_grid_pinpoints is"],
  ["LlavaOnevisionImageProcessor", { video: 1 }, "video is true or false, found 1"],
  ["LlavaOnevisionImageProcessor", { batch_num_images: 1 }, `no field "batch_num_images"`],
  ["GotOcr2ImageProcessor", { max_patches: 0 }, "max_patches is a whole number above 0, found 0"],
  [
    "GotOcr2ImageProcessor",
    { min_patches: 9, max_patches: 3, crop_to_patches: true },
    "min_patches is at most max_patches, 3",
  ],
  ["GotOcr2ImageProcessor", { min_patches: 7, max_patches: 6 }, "min_patches is at most max_patches, 6"],
  [
    "GotOcr2ImageProcessor",
    { crop_to_patches: true, size: { shortest_edge: 448 } },
    "size is an object with height and width",
  ],
  ["GotOcr2ImageProcessor", { use_thumbnail: true }, `no field "use_thumbnail"`],
  ["Ovis2ImageProcessor", { max_patches: 0 }, "max_patches is a whole number above 0"],
  [
    "Ovis2ImageProcessor",
    { min_patches: 9, max_patches: 3, crop_to_patches: true },
    "min_patches is at most max_patches, 3",
  ],
  ["Ovis2ImageProcessor", { min_patches: 13 }, "min_patches is at most max_patches, 12"],
  ["Ovis2ImageProcessor", { covering_threshold: 0.9 }, `no field "covering_threshold"`],
  ["AriaImageProcessor", { max_image_size: 600 }, "max_image_size is 490 or 980, found 600"],
  ["AriaImageProcessor", { min_image_size: "small" }, "min_image_size is"],
  ["AriaImageProcessor", { max_image_size: 448 }, "max_image_size is 490 or 980, found 448"],
  ["AriaImageProcessor", { max_image_size: 490, min_image_size: 500 }, "min_image_size is at most max_image"],
  ["AriaImageProcessor", { split_resolutions: [490, 980] }, "split_resolutions is a list of [height, width]"],
  ["AriaImageProcessor", { split_ratio: [[1, 2]] }, `no field "split_ratio"`],
];

for (const [type, config, message] of CONFIGS) {
  Deno.test(`recipeFromConfig refuses ${type} ${JSON.stringify(config)}`, () => {
    const error = assertThrows(
      () => recipeFromConfig({ image_processor_type: type, ...config }),
      VitrailError,
    );
    assertEquals(error.code, "recipe");
    assertStringIncludes(error.message, type);
    assertStringIncludes(error.message, message);
  });
}

/** Pictures that Python refuses, beside the largest or smallest that it takes. */
const PICTURES: [
  type: string,
  config: object,
  taken: [number, number],
  refused: [number, number],
  message: string,
][] = [
  ["Qwen2VLImageProcessor", {}, [2000, 10], [2001, 10], "2001x10: one side may be 200 times"],
  // GLM-4.1V's and PaddleOCR-VL's shorter side is at least a group of patches first.
  ["Glm4vImageProcessor", {}, [5600, 28], [5601, 28], "5601x28: one side may be 200 times"],
  ["Glm4vImageProcessor", {}, [200, 1], [201, 1], "201x1: one side may be 200 times"],
  ["PaddleOCRVLImageProcessor", {}, [200, 1], [201, 1], "201x1: one side may be 200 times"],
  [
    "Idefics2ImageProcessor",
    { do_image_splitting: true },
    [2, 2],
    [1, 2],
    "1x2: a quarter of it would be empty",
  ],
  [
    "Gemma3ImageProcessor",
    { do_pan_and_scan: true, pan_and_scan_min_crop_size: 1, pan_and_scan_max_num_crops: 9 },
    [8, 1],
    [10, 1],
    "10x1: the last of 9 crops would be empty",
  ],
  [
    "Siglip2ImageProcessor",
    { do_resize: false },
    [256, 256],
    [256, 272],
    "256x272: it has 272 patches, and 256",
  ],
  ["Siglip2ImageProcessor", { do_resize: false }, [32, 48], [32, 50], "50"],
  ["Qwen2VLImageProcessor", { do_resize: false }, [56, 28], [56, 42], "42"],
  [
    "SiglipImageProcessor",
    { size: { shortest_edge: 20, longest_edge: 50 } },
    [100, 2],
    [101, 1],
    "101x1 resized to",
  ],
  [
    "SiglipImageProcessor",
    { do_resize: false, do_pad: true, pad_size: 30 },
    [30, 30],
    [31, 30],
    "31x30: pad_size is smaller",
  ],
];

for (const [type, config, taken, refused, message] of PICTURES) {
  const sizes = `${taken.join("x")}, not ${refused.join("x")}`;
  Deno.test(`planSample takes ${sizes}: ${type} ${JSON.stringify(config)}`, () => {
    const recipe = recipeFromConfig({ image_processor_type: type, ...config });
    const plan = ([width, height]: [number, number]) => planSample(recipe, [{ width, height }]);
    assertEquals(plan(taken).images.length, 1);
    const error = assertThrows(() => plan(refused), VitrailError);
    assertEquals(error.code, "shape");
    assertEquals(error.message.includes(message), true, error.message);
  });
}

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
