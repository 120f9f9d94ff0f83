import { assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../src/errors.ts";
import { planSample } from "../../src/plan/plan.ts";
import { recipeFromConfig } from "../../src/recipes/processors/config.ts";

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
];

for (const [type, config, message] of CONFIGS) {
  Deno.test(`refusals: ${type} ${JSON.stringify(config)}`, () => {
    const error = assertThrows(
      () => recipeFromConfig({ image_processor_type: type, ...config }),
      VitrailError,
    );
    assertEquals(error.code, "recipe");
    assertEquals(error.message.includes(message), true, error.message);
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
];

for (const [type, config, taken, refused, message] of PICTURES) {
  Deno.test(`refusals: ${type} ${JSON.stringify(config)} takes ${taken.join("x")}, not ${refused.join("x")}`, () => {
    const recipe = recipeFromConfig({ image_processor_type: type, ...config });
    const plan = ([width, height]: [number, number]) => planSample(recipe, [{ width, height }]);
    assertEquals(plan(taken).images.length, 1);
    const error = assertThrows(() => plan(refused), VitrailError);
    assertEquals(error.code, "shape");
    assertEquals(error.message.includes(message), true, error.message);
  });
}

Deno.test("refusals: Idefics2 without padding takes pictures of one size alone", () => {
  const recipe = recipeFromConfig({ image_processor_type: "Idefics2ImageProcessor", do_pad: false });
  const size = { width: 500, height: 400 };
  assertEquals(planSample(recipe, [size, size]).outputs.pixel_values.as, [1, 2, 3, 400, 500]);
  assertThrows(
    () => planSample(recipe, [size, { width: 400, height: 500 }]),
    VitrailError,
    "do_pad is false, and frames of the call differ in size",
  );
});
