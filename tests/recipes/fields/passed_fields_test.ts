import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import { recipeFromConfig, recipeWith } from "../../../src/recipes/config.ts";
import { VIDEO_FAMILIES } from "../../../src/recipes/families/clips/video_families.ts";
import { FAMILIES } from "../../../src/recipes/families/families.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";

/** Configs that contradict a processor, and an output's shape: by the config alone, and as it is called. */
const CASES: [type: string, processor: string, config: object, alone: number[], called: number[]][] = [
  ...["AyaVisionProcessor", "InternVLProcessor", "QianfanOCRProcessor"].map(
    (processor): typeof CASES[number] => [
      "GotOcr2ImageProcessor",
      processor,
      { size: 32, crop_to_patches: false, max_patches: 6 },
      [1, 3, 32, 32],
      [7, 3, 32, 32],
    ],
  ),
  [
    "GotOcr2ImageProcessorFast",
    "GotOcr2Processor",
    { size: 32, crop_to_patches: true, max_patches: 6 },
    [7, 3, 32, 32],
    [1, 3, 32, 32],
  ],
  [
    "DeepseekOcr2ImageProcessor",
    "DeepseekOcr2Processor",
    { crop_to_patches: false, tile_size: 64, size: { height: 96, width: 96 } },
    [1, 3, 64, 64],
    [1, 3, 96, 96],
  ],
  [
    "AriaImageProcessor",
    "AriaProcessor",
    { max_image_size: 490, split_image: true },
    [2, 3, 490, 490],
    [1, 3, 980, 980],
  ],
  [
    "Gemma3ImageProcessor",
    "Gemma3Processor",
    { do_pan_and_scan: true, pan_and_scan_min_crop_size: 50, size: { height: 28, width: 28 } },
    [3, 3, 28, 28],
    [1, 3, 28, 28],
  ],
  [
    "Siglip2ImageProcessor",
    "Siglip2Processor",
    { max_num_patches: 64, patch_size: 14 },
    [64, 588],
    [256, 768],
  ],
  ["Kosmos2_5ImageProcessor", "Kosmos2_5Processor", { max_patches: 64 }, [64, 770], [4096, 770]],
  ["Pix2StructImageProcessor", "Pix2StructProcessor", { max_patches: 64 }, [64, 770], [2048, 770]],
  [
    "Qwen2VLVideoProcessor",
    "Qwen2_5OmniProcessor",
    { min_pixels: 784, max_pixels: 7840, size: { shortest_edge: 784, longest_edge: 784 } },
    [32, 1176],
    [540, 1176],
  ],
  [
    "Qwen2VLVideoProcessor",
    "Qwen3OmniMoeProcessor",
    { patch_size: 16, size: { shortest_edge: 1024, longest_edge: 10240 } },
    [32, 1536],
    [540, 1536],
  ],
];

const PICTURE = { width: 200, height: 120 };

/** Returns the shape of a recipe's pixels, of one picture, or of a clip of two frames. */
function shapeOf(config: Record<string, unknown>, changes = {}): readonly number[] {
  const recipe = recipeFromConfig(config, changes);
  const plan = "video_processor_type" in config
    ? planSample(recipe, [PICTURE, PICTURE], "f32", [2])
    : planSample(recipe, [PICTURE]);
  return Object.values(plan.outputs)[0].shape;
}

for (const [type, processor, config, alone, called] of CASES) {
  Deno.test(`recipeFromConfig takes the fields that ${processor} passes`, () => {
    const named = { [type.includes("Video") ? "video_processor_type" : "image_processor_type"]: type };
    const own = { ...config, ...named };
    assertEquals(shapeOf(own), alone);
    assertEquals(shapeOf({ ...own, processor_class: processor }), called);
    assertEquals(shapeOf({ ...own, processor_class: processor }, config), alone); // a caller's go first
  });
}

Deno.test("recipeFromConfig takes the padding that llava_next's processors pass", () => {
  const config = { image_processor_type: "LlavaNextImageProcessor", do_pad: false };
  const rows = (own: object) =>
    planSample(recipeFromConfig(own), [PICTURE, { width: 700, height: 700 }]).outputs.pixel_values.shape[0];
  const alone = rows(config);
  for (const processor_class of ["LlavaNextProcessor", "Granite4VisionProcessor"]) {
    assert(rows({ ...config, processor_class }) > alone);
    assertEquals(rows({ ...config, processor_class }), rows({ ...config, do_pad: true }));
  }
});

Deno.test("recipeFromConfig has MiniMaxM3VLProcessor take clips as large as they are", () => {
  const config = {
    video_processor_type: "MiniMaxM3VLVideoProcessor",
    processor_class: "MiniMaxM3VLProcessor",
  };
  const frame = { width: 2800, height: 28 }; // 800 to 1 would be refused, and 100 to 1 made smaller
  const { images: [clip] } = planSample(recipeFromConfig(config), [frame, frame], "f32", [2]);
  assertEquals(clip.canvas, frame);
  const odd = { width: 100, height: 60 };
  const error = assertThrows(
    () => planSample(recipeFromConfig(config), [odd, odd], "f32", [2]),
    VitrailError,
  );
  assertStringIncludes(
    error.message,
    "a frame of 100x60 has no whole groups of patches: where do_resize is false",
  );
});

Deno.test("recipeFromConfig reads processor_class in the file around a config, too", () => {
  const inner = { image_processor_type: "GotOcr2ImageProcessor", size: 32, crop_to_patches: false };
  const file = { image_processor: inner, processor_class: "InternVLProcessor" };
  assertEquals(recipeFromConfig(file).parameters.crop_to_patches, true);
  assertEquals(recipeFromConfig({ image_processor: inner }).parameters.crop_to_patches, false);
});

Deno.test("recipeWith keeps what a processor passes, and what was chosen in its place", () => {
  const config = {
    image_processor_type: "GotOcr2ImageProcessor",
    processor_class: "InternVLProcessor",
    crop_to_patches: false,
  };
  const chosen = recipeFromConfig(config, { crop_to_patches: false });
  for (const [recipe, cropped] of [[recipeFromConfig(config), true], [chosen, false]] as const) {
    const { parameters } = recipeWith(recipe, { max_patches: 4 });
    assertEquals([parameters.crop_to_patches, parameters.max_patches], [cropped, 4]);
  }
  assertEquals(recipeWith(chosen, { crop_to_patches: true }).parameters.crop_to_patches, true);
});

Deno.test("FAMILIES and VIDEO_FAMILIES pass the fields that are tested here", () => {
  const passed = [...FAMILIES, ...VIDEO_FAMILIES].flatMap(({ passed }) => Object.keys(passed ?? {}));
  const tested = CASES.map(([, processor]) => processor);
  const alone = ["LlavaNextProcessor", "Granite4VisionProcessor", "MiniMaxM3VLProcessor"];
  assertEquals(passed.toSorted(), [...tested, ...alone].toSorted());
});
