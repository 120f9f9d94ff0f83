import { assert, assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../src/errors.ts";
import type { ProcessorRecipe } from "../../src/recipes/recipe.ts";
import { recipeFromConfig, recipeWith } from "../../src/recipes/config.ts";
import { FAMILIES } from "../../src/recipes/families/families.ts";
import { planSample } from "../../src/recipes/plan_sample.ts";
import { ixc25 } from "../../src/recipes/tiled/ixc.ts";

/** A config that is refused, and what its error says. */
function refuses(json: unknown, ...texts: string[]): void {
  const error = assertThrows(() => recipeFromConfig(json), VitrailError);
  assertEquals(error.code, "recipe");
  for (const text of texts) assert(error.message.includes(text), error.message);
}

Deno.test("recipeFromConfig names the nearest of a type that there is not", () => {
  refuses({ image_processor_type: "Qwen2VLImageProcesor" }, 'did you mean "Qwen2VLImageProcessor"?');
  refuses(
    { image_processor_type: "ClipImageProcessorFast" },
    'did you mean "CLIPImageProcessor"?',
    "vitrail recipes",
  );
  refuses(
    { feature_extractor_type: "WhisperFeatureExtractor" },
    'no processor of transformers 5.17 that is followed here is called "WhisperFeature',
  );
  refuses({ video_processor_type: "Qwen2VLVideoProcesor" }, 'did you mean "Qwen2VLVideoProcessor"?');
  refuses(
    { video_processor_type: "WhisperVideoProcessor" },
    'no processor of transformers 5.17 that is followed here is called "WhisperVideoProcessor"',
  );
});

Deno.test("recipeFromConfig quotes no more than a line of what it does not know", () => {
  const long = "a".repeat(1e6);
  const configs = [
    ...[{ image_processor_type: long }, { image_processor_type: long, video_processor_type: long }],
    ...[{ image_processor_type: "ViTImageProcessor", [long]: 1 }, { processor_class: long }],
    ...[{ image_processor_type: "ViTImageProcessor", size: long }],
  ];
  for (const config of configs) {
    const { message } = assertThrows(() => recipeFromConfig(config), VitrailError);
    assert(message.length < 1000, message);
  }
});

Deno.test("recipeFromConfig says of a field that is missing that there is none", () => {
  refuses(
    { image_processor_type: "CHMv2ImageProcessor", do_center_crop: true },
    "crop_size is a size where do_center_crop is true, found none",
  );
});

Deno.test("recipeFromConfig refuses no type, and no object", () => {
  for (const json of [{}, { image_processor_type: 3 }, { image_processor: {} }, null, undefined, "a", []]) {
    refuses(json, "image_processor_type");
  }
});

Deno.test("recipeFromConfig takes a size of one number as default_to_square says, a list as sides", () => {
  const canvas = (config: Record<string, unknown>) => {
    const recipe = recipeFromConfig({ do_center_crop: false, ...config });
    return planSample(recipe, [{ width: 80, height: 40 }]).outputs.pixel_values.shape.slice(-2);
  };
  const clip = { image_processor_type: "CLIPImageProcessor", size: 20 };
  const vit = { image_processor_type: "ViTImageProcessor", size: 20 };
  assertEquals([canvas(clip), canvas({ ...clip, default_to_square: true })], [[20, 40], [20, 20]]);
  assertEquals([canvas(vit), canvas({ ...vit, default_to_square: false })], [[20, 20], [20, 40]]);
  assertEquals([canvas({ ...clip, size: [30, 50] }), canvas({ ...vit, size: [30, 50] })], [[30, 50], [
    30,
    50,
  ]]);
  const cropped = { ...clip, do_center_crop: true, crop_size: [12, 16] };
  assertEquals(canvas(cropped), [12, 16]);
});

/** Fields that each class takes wherever it resizes, normalises or names filters: their wrong values. */
const WRONG: [field: string, value: unknown, expected: string][] = [
  ["do_resize", "yes", 'do_resize is true or false, found "yes"'],
  ["do_rescale", 1, "do_rescale is true or false, found 1"],
  ["do_normalize", [], "do_normalize is true or false, found []"],
  ["do_convert_rgb", false, "do_convert_rgb is true: pictures are always converted to RGB, found false"],
  ["rescale_factor", 0, "rescale_factor is a number above 0, found 0"],
  ["rescale_factor", "1/255", 'rescale_factor is a number above 0, found "1/255"'],
  ["image_mean", [0.5, 0.5], "image_mean is a number, or three of them, found [0.5,0.5]"],
  ["image_mean", ["0.5", 0.5, 0.5], "image_mean is a number, or three of them"],
  ["image_std", [0.5, 0, 0.5], "image_std is a number, or three of them, found [0.5,0,0.5]"],
  [
    "resample",
    6,
    "resample is a number from 0 to 5 (nearest, lanczos, bilinear, bicubic, box, hamming), found 6",
  ],
  ["resample", "bicubic", "resample is a number from 0 to 5"],
  ["backend", "numpy", 'backend is one of torchvision, torchvision-cuda, pil, found "numpy"'],
  ["torchvision", "0.1", 'torchvision is one of 0.26, 0.27, found "0.1"'],
  ["image_meen", 0.5, 'has no field "image_meen" in transformers 5.17 (did you mean "image_mean"?); it has '],
];

for (const { name, types: [type] } of FAMILIES) {
  Deno.test(`recipeFromConfig names a wrong or unknown field, and null takes it away: ${name}`, () => {
    const own = { image_processor_type: type, ...WANTED[name] };
    for (const [field, value, text] of WRONG) {
      refuses({ ...own, [field]: value }, type, text);
      if (field === "image_meen") continue;
      recipeFromConfig({ ...own, [field]: value }, { [field]: null });
    }
    for (
      const size of ["large", -3, [224], { edge: 224 }, { height: 224, width: 224, shortest_edge: 224 }]
    ) {
      if (SIZELESS.includes(name)) continue;
      refuses({ ...own, size }, `${type}: size is`);
    }
  });
}

/** Families whose class has no use for `size`. */
const SIZELESS = [
  ...["aria", "gemma4", "gemma4_unified", "glm5_next", "kosmos2_5", "lfm2_vl", "minicpmv4_6"],
  ...["muse_glimmer", "perception_lm", "pix2struct", "siglip2"],
];

/** The fields that a class wants beside its name. */
const WANTED: Record<string, Record<string, unknown>> = { nougat: { do_crop_margin: false } };

Deno.test("recipeFromConfig finds no contradiction in a crop_size that nothing asks for", () => {
  const recipe = recipeFromConfig({
    image_processor_type: "CLIPImageProcessor",
    do_center_crop: false,
    crop_size: { height: 96, width: 96 },
    size: { height: 70, width: 50 },
  });
  assertEquals(planSample(recipe, [{ width: 9, height: 9 }]).outputs.pixel_values.shape, [1, 3, 70, 50]);
});

Deno.test("recipeFromConfig takes names with Fast, older keys, and a config in a config", () => {
  for (const suffix of ["", "Fast", "Pil"]) {
    assertEquals(recipeFromConfig({ image_processor_type: `CLIPImageProcessor${suffix}` }).name, "clip");
  }
  assertEquals(recipeFromConfig({ feature_extractor_type: "CLIPFeatureExtractor" }).name, "clip");
  assertEquals(recipeFromConfig({ feature_extractor_type: "ViTFeatureExtractor" }).name, "vit");
  const inner = { image_processor_type: "PixtralImageProcessor", size: { longest_edge: 64 } };
  const outer = recipeFromConfig({
    image_processor: inner,
    processor_class: "PixtralProcessor",
    spatial_merge_size: 2,
  });
  const [image] = planSample(outer, [{ width: 100, height: 50 }]).images;
  assertEquals([image.canvas, image.grid], [{ width: 64, height: 32 }, [1, 2]]);
});

Deno.test("recipeFromConfig takes the backend that AutoImageProcessor takes, and says why", () => {
  const chosen = (type: string, changes = {}) => {
    const { backend, resampler } = recipeFromConfig(
      { image_processor_type: type },
      changes,
    ) as ProcessorRecipe;
    return [backend!.name, resampler, backend!.reason];
  };
  const byDefault = ["torchvision", "torch-cpu", "transformers 5 takes it by default"];
  for (const suffix of ["", "Fast", "Pil"]) assertEquals(chosen(`CLIPImageProcessor${suffix}`), byDefault);
  for (const suffix of ["", "Fast"]) {
    const type = `Idefics3ImageProcessor${suffix}`;
    assertEquals(chosen(type), ["pil", "pillow", `torchvision 0.26 has no Lanczos, which ${type} wants`]);
    assertEquals(chosen(type, { torchvision: "0.27" }), byDefault);
  }
  assertEquals(chosen("Idefics3ImageProcessorPil"), byDefault);
  const resamplers = { "torchvision": "torch-cpu", "torchvision-cuda": "torch-cuda", "pil": "pillow" };
  for (const [backend, resampler] of Object.entries(resamplers)) {
    assertEquals(chosen("CLIPImageProcessorFast", { backend }), [backend, resampler, "it was chosen"]);
  }
});

Deno.test("recipeFromConfig refuses a backend that a class does not have, and names those there are", () => {
  const video = { video_processor_type: "Qwen2VLVideoProcessor", backend: "pil" };
  refuses(video, 'backend is one of torchvision, torchvision-cuda, which this class has, found "pil"');
});

Deno.test("recipeFromConfig takes a video_preprocessor_config.json for clips, by torch", () => {
  const recipe = recipeFromConfig({
    video_processor_type: "Qwen2VLVideoProcessor",
    size: { shortest_edge: 3136, longest_edge: 12845056 },
    do_sample_frames: true,
    fps: 2,
    max_frames: 768,
    size_divisor: null,
    patch_size: 14,
  });
  assertEquals(recipe.resampler, "torch-cpu");
  const size = { width: 280, height: 140 };
  const plan = planSample(recipe, [size, size, size], "f32", [3]);
  assertEquals(plan.outputs.pixel_values_videos.shape, [2 * 10 * 20, 1176]);
  assertEquals(plan.integers.video_grid_thw.values, [2, 10, 20]);
  const onevision = recipeFromConfig({ video_processor_type: "LlavaOnevisionVideoProcessor" });
  assertEquals(planSample(onevision, [size, size], "f32", [2]).outputs.pixel_values_videos.as, [
    1,
    2,
    3,
    384,
    384,
  ]);
  refuses({ image_processor_type: "Qwen2VLImageProcessor", fps: 2 }, 'has no field "fps"');
});

Deno.test("recipeWith changes a recipe's fields by options of a call, and nothing else does", () => {
  const config = { image_processor_type: "Qwen2VLImageProcessorFast", max_pixels: 1e6 };
  const recipe = recipeFromConfig(config);
  assertEquals(recipeWith(recipe, {}), recipe);
  assertEquals(recipeWith(recipe, { padding: true, max_length: 9 }), recipe);
  const [size] = [{ width: 640, height: 480 }];
  const tokens = (options: Record<string, unknown>) =>
    planSample(recipeWith(recipe, options), [size]).images[0].tokens;
  assertEquals(tokens({ max_pixels: 28 * 28 * 16, padding: true }), 12);
  const changed = recipeWith(recipe, { max_pixels: 1e5 }) as ProcessorRecipe;
  assertEquals([changed.resampler, changed.backend], ["torch-cpu", (recipe as ProcessorRecipe).backend]);
  const chosen = recipeWith(recipe, { backend: "pil" }) as ProcessorRecipe;
  assertEquals([chosen.resampler, chosen.backend?.reason], ["pillow", "it was chosen"]);
  assertThrows(() => recipeWith(recipe, { max_pixels: "many" }), VitrailError, "max_pixels");
  const ours = ixc25();
  assertEquals(recipeWith(ours, { hdNum: 3 }), ours);
});

Deno.test("recipeFromConfig and recipeWith refuse a field under its former name, and say the new one", () => {
  const config = { image_processor_type: "CLIPImageProcessorFast" };
  const expected = 'has no field "arithmetic" in transformers 5.17: it is called "backend" now';
  refuses({ ...config, arithmetic: "torch" }, expected);
  refuses(
    { ...config, resampler: "pillow" },
    'has no field "resampler" in transformers 5.17: it is called "backend" now',
  );
  for (
    const make of [
      () => recipeFromConfig(config, { arithmetic: "pillow" }),
      () => recipeWith(recipeFromConfig(config), { arithmetic: "pillow" }),
    ]
  ) {
    assertEquals(assertThrows(make, VitrailError, expected).code, "recipe");
  }
  const nothing = recipeFromConfig(config, { arithmetic: null });
  assertEquals(nothing.resampler, "torch-cpu");
});

Deno.test("recipeFromConfig takes fields that published files have, and nulls that say nothing", () => {
  const square = [{ width: 30, height: 20 }];
  const next = { image_processor_type: "LlavaNextImageProcessor", aspect_ratio_setting: "anyres" };
  const plain = recipeFromConfig({ image_processor_type: next.image_processor_type });
  assertEquals(planSample(recipeFromConfig(next), square).views, planSample(plain, square).views);
  const gemma = { image_processor_type: "SiglipImageProcessor", image_seq_length: 256 }; // PaliGemma's
  assertEquals(planSample(recipeFromConfig(gemma), square).images[0].tokens, 256);
  const nothing = { image_processor_type: "CLIPImageProcessor", nobody_knows: null };
  assertEquals(planSample(recipeFromConfig(nothing), square).images.length, 1);
  refuses({ image_processor_type: "CLIPImageProcessor", resample: "length" }, "resample is a number");
});
