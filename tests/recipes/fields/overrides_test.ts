import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import { recipeFromConfig, recipeWith } from "../../../src/recipes/config.ts";
import { VIDEO_FAMILIES } from "../../../src/recipes/families/clips/video_families.ts";
import { FAMILIES } from "../../../src/recipes/families/families.ts";
import type { CanvasView } from "../../../src/plan/view.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import type { ProcessorRecipe } from "../../../src/recipes/recipe.ts";

/** The fields without which a class makes no recipe. */
const WANTED: Record<string, object> = {
  NougatImageProcessor: { do_crop_margin: false },
  Ernie4_5_VLMoeVideoProcessor: { draw_on_frames: false },
};

/** Values that fields of the classes' base are given in place of the config's. */
const GIVEN = { size: 448, do_center_crop: false, crop_size: 64, do_pad: false, pad_size: 64 };

type BaseField = keyof typeof GIVEN;

const CROP = ["size", "do_center_crop", "crop_size"] as const, PAD = ["size", "do_pad"] as const;
const ALL: readonly BaseField[] = ["size", "do_center_crop", "crop_size", "do_pad", "pad_size"];

/**
 * The fields of the base that each class's `_preprocess` names; those of all others go into its `**kwargs`,
 * which nothing reads. Families that are not listed name `size` alone.
 * Source: transformers `image_processing_backends.py` and each class's `image_processing_*.py`.
 */
const NAMED: Record<string, readonly BaseField[]> = {
  ...Object.fromEntries(
    ["clip", "siglip", "blip", "chameleon", "chinese_clip", "idefics", "pi0", "pp_chart2table", "tipsv2"]
      .concat("vit").map((name) => [name, ALL]),
  ),
  ...Object.fromEntries(
    ["llava", "llava_next", "llava_onevision", "chmv2"].map((name) => [name, [...CROP, "do_pad"]]),
  ),
  ...Object.fromEntries(
    ["ovis2", "pixtral", "convnext", "dinov3_vit", "flava", "video_llava"].map((name) => [name, CROP]),
  ),
  ...Object.fromEntries(
    [
      "deepseek_vl",
      "deepseek_vl_hybrid",
      "emu3",
      "fuyu",
      "idefics2",
      "idefics3",
      "janus",
      "mllama",
      "smolvlm",
    ]
      .map((name) => [name, PAD]),
  ),
  donut: [...PAD, "do_center_crop"], // which is refused where it is true, and without it crop_size is idle
  nougat: [...PAD, "do_center_crop"], // likewise
  neomme: ALL, // all but size are named to be refused
  lfm2_vl: ["do_pad"],
  ...Object.fromEntries(
    ["aria", "gemma4", "gemma4_unified", "glm5_next", "kosmos2_5", "minicpmv4_6", "muse_glimmer"]
      .concat("perception_lm", "pix2struct", "siglip2").map((name) => [name, []]),
  ),
};

/** The same of the classes for clips. Source: transformers `video_processing_*.py`. */
const NAMED_OF_CLIPS: Record<string, readonly BaseField[]> = {
  ...Object.fromEntries(
    ["internvl", "llava_onevision", "llava_next_video", "video_llava", "instructblipvideo", "perception_lm"]
      .map((name) => [name, CROP]),
  ),
  pe_video: ["do_center_crop", "crop_size"], // and size, where do_resize is true
  smolvlm: PAD,
  ...Object.fromEntries(
    ["minimax_m3_vl", "glm5_next", "muse_glimmer", "gemma4", "gemma4_unified", "minicpmv4_6"]
      .map((name) => [name, []]),
  ),
};

/** Returns the fields of the base that nothing in a class reads, by what recipeFromConfig says of them. */
function idleOf(config: Record<string, unknown>): string[] {
  return Object.entries(GIVEN).filter(([field, value]) => {
    try {
      recipeFromConfig(config, { [field]: value });
      return false;
    } catch (error) {
      return String(error).includes(`does not read ${field}`);
    }
  }).map(([field]) => field);
}

const notIn = (named: readonly string[] = ["size"]) => Object.keys(GIVEN).filter((f) => !named.includes(f));

Deno.test("recipeFromConfig refuses what is given to a class that does not read it, by name", () => {
  for (const { name, types: [type] } of FAMILIES) {
    const config = { image_processor_type: type, ...WANTED[type] };
    assertEquals(idleOf(config), notIn(NAMED[name]), type);
  }
  for (const { name, types: [type] } of VIDEO_FAMILIES) {
    const config = { video_processor_type: type, ...WANTED[type] };
    assertEquals(idleOf(config), notIn(NAMED_OF_CLIPS[name]), type);
  }
});

Deno.test("recipeFromConfig takes the same from a file, as Python's classes do", () => {
  const config = { image_processor_type: "Siglip2ImageProcessor", ...GIVEN };
  assertEquals(recipeFromConfig(config).name, "siglip2");
  assertEquals(recipeFromConfig(config, { size: null, do_pad: null }).name, "siglip2");
  const given = assertThrows(() => recipeFromConfig(config, { size: 64 }), VitrailError);
  assertEquals(
    [given.code, given.message],
    [
      "recipe",
      "Siglip2ImageProcessor does not read size, and neither does the Python class; leave it out",
    ],
  );
});

/** Classes, and fields that files have and their `preprocess` does not read. */
const IDLE: [type: string, field: string, value: unknown][] = [
  ["Siglip2ImageProcessor", "default_to_square", false],
  ["Emu3ImageProcessor", "ratio", "4:3"],
  ["CHMv2ImageProcessor", "do_reduce_labels", true],
  ["LlavaOnevisionVideoProcessor", "vision_aspect_ratio", "anyres"],
  ["FlavaImageProcessor", "codebook_do_pad", true],
  ["DeepseekVLHybridImageProcessor", "high_res_background_color", [1, 2, 3]],
  ["AriaImageProcessor", "do_resize", false],
  ["DeepseekOcr2ImageProcessor", "do_resize", false],
  ["Lfm2VlImageProcessor", "do_resize", false],
  ["Phi4MultimodalImageProcessor", "do_resize", false],
  ["Cohere2VisionImageProcessor", "min_patches", 2],
  ["Step3p7ImageProcessor", "do_resize", false],
  ["Pix2StructImageProcessor", "resample", 0],
  ["Kosmos2_5ImageProcessor", "image_mean", 0.5],
];

for (const [type, field, value] of IDLE) {
  Deno.test(`recipeFromConfig refuses ${field} of ${type} from a caller, and takes it from a file`, () => {
    const config = { [type.includes("Video") ? "video_processor_type" : "image_processor_type"]: type };
    recipeFromConfig({ ...config, [field]: value });
    const error = assertThrows(() => recipeFromConfig(config, { [field]: value }), VitrailError);
    assertStringIncludes(error.message, `does not read ${field.replace(/^(codebook|high_res)_/, "")}`);
  });
}

/** The shape of a config's pixels, of one picture 90x60, or of a clip of two such frames. */
function shapeOf(config: Record<string, unknown>, changes = {}): readonly number[] {
  const picture = { width: 90, height: 60 };
  const recipe = recipeFromConfig(config, changes);
  const plan = "video_processor_type" in config
    ? planSample(recipe, [picture, picture], "f32", [2])
    : planSample(recipe, [picture]);
  return Object.values(plan.outputs)[0].shape;
}

/** Configs with two fields that say the same, and what a caller gives in the place of one of them. */
const SHAPES: [source: string, config: Record<string, unknown>, changes: object, shape: number[]][] = [
  ["idefics, __init__", { image_processor_type: "IdeficsImageProcessor", image_size: 32 }, {}, [
    1,
    3,
    32,
    32,
  ]],
  [
    "idefics, preprocess",
    { image_processor_type: "IdeficsImageProcessor", image_size: 32 },
    { size: { height: 20, width: 40 } },
    [1, 3, 20, 40],
  ],
  [
    "image_processing_utils, get_size_dict: one number is a square's side by default",
    { image_processor_type: "Gemma3ImageProcessor", size: 28 },
    {},
    [1, 3, 28, 28],
  ],
  [
    "video_llava, _preprocess_image: it never pads",
    { image_processor_type: "VideoLlavaImageProcessor", do_pad: true, pad_size: 300 },
    {},
    [1, 3, 224, 224],
  ],
  [
    "emu3, __init__: its size is made of the bounds",
    { image_processor_type: "Emu3ImageProcessor", min_pixels: 64, max_pixels: 1024 },
    {},
    [1, 3, 24, 32],
  ],
];

for (const [source, config, changes, shape] of SHAPES) {
  const fields = JSON.stringify({ ...config, ...changes });
  Deno.test(`recipeFromConfig reads fields as ${source}: ${fields}`, () => {
    assertEquals(shapeOf(config, changes), shape);
  });
}

const SMOL = {
  video_processor_type: "SmolVLMVideoProcessor",
  video_sampling: { fps: 2, max_frames: 8, video_size: { longest_edge: 40 } },
};

/** The size that SmolVLM's frames have first, and how its clips are sampled. */
function smolOf(config: object, changes = {}): unknown[] {
  const recipe = recipeFromConfig(config, changes) as ProcessorRecipe;
  const [{ canvas }] = planSample(recipe, Array(2).fill({ width: 90, height: 60 }), "f32", [2])
    .views as { canvas: unknown }[];
  const { fps, num_frames } = recipe.sampling!.own;
  return [canvas, fps, num_frames];
}

Deno.test("recipeFromConfig reads SmolVLM's video_sampling as it does, and a caller's own first", () => {
  const at40 = { width: 40, height: 26 }, at60 = { width: 60, height: 40 };
  assertEquals(smolOf(SMOL), [at40, 2, 8]);
  assertEquals(smolOf({ ...SMOL, fps: 5, num_frames: 9 }), [at40, 2, 8]);
  assertEquals(smolOf({ ...SMOL, size: { longest_edge: 60 } }), [at60, 2, 8]); // size goes before video_size
  assertEquals(smolOf(SMOL, { size: { longest_edge: 60 }, fps: 5 }), [at60, 5, 8]);
  assertEquals(smolOf(SMOL, { num_frames: 4 }), [at40, 2, 4]);
  const { parameters } = recipeFromConfig(SMOL, { fps: 5 });
  assertEquals(smolOf(parameters), [at40, 5, 8]); // what was given stays given
});

Deno.test("recipeWith lets a call's size go before the config's image_size", () => {
  const recipe = recipeFromConfig({ image_processor_type: "IdeficsImageProcessor", image_size: 32 });
  const called = recipeWith(recipe, { size: 20 });
  assertEquals(planSample(called, [{ width: 9, height: 9 }]).outputs.pixel_values.shape, [1, 3, 20, 20]);
});

Deno.test("recipeWith leaves the bounds of a class that reads them alone in force, whatever the size", () => {
  const size = { shortest_edge: 400_000, longest_edge: 600_000 };
  const bounds = { min_pixels: 1000, max_pixels: 20_000 };
  const clips = recipeFromConfig({ video_processor_type: "MiniMaxM3VLVideoProcessor", ...bounds });
  const frames = Array(4).fill({ width: 640, height: 480 });
  const [{ canvas }] = planSample(recipeWith(clips, { size }), frames, "f32", [4]).views as CanvasView[];
  assertEquals(canvas, { width: 140, height: 112 });
  const emu3 = recipeFromConfig({ image_processor_type: "Emu3ImageProcessor", ...bounds });
  const error = assertThrows(() => recipeWith(emu3, { size }), VitrailError);
  assertStringIncludes(error.message, "size is what min_pixels and max_pixels say, 1000 and 20000");
});

/** Values that Python raises for, or that it takes and Vitrail has no words for. */
const REFUSED: [config: Record<string, unknown>, message: string][] = [
  [
    { image_processor_type: "Gemma3ImageProcessor", size: 28, default_to_square: false },
    "size is an object with height and width",
  ],
  [
    { image_processor_type: "FlavaImageProcessor", codebook_size: 28, default_to_square: "no" },
    "default_to_square is true or false",
  ],
  [
    { image_processor_type: "CLIPImageProcessor", data_format: "channels_last" },
    'data_format is "channels_first": outputs have channels before height and width',
  ],
  [
    { image_processor_type: "CLIPImageProcessor", data_format: "chw" },
    "data_format is one of channels_first",
  ],
  [
    { image_processor_type: "NeoMMEImageProcessor", do_pad: true },
    "do_pad is left out: the class raises where it is given, found true",
  ],
  [
    { image_processor_type: "Emu3ImageProcessor", size: { shortest_edge: 64, longest_edge: 1024 } },
    "size is what min_pixels and max_pixels say, 262144 and 1048576: give these instead",
  ],
];

for (const [config, message] of REFUSED) {
  Deno.test(`recipeFromConfig refuses ${JSON.stringify(config)}, by name`, () => {
    const error = assertThrows(() => recipeFromConfig(config), VitrailError);
    assertStringIncludes(error.message, message);
  });
}
