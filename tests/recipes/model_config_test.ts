import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { VitrailError } from "../../src/errors.ts";
import { recipeFromConfig, recipeWith } from "../../src/recipes/config.ts";
import { FAMILIES } from "../../src/recipes/families/families.ts";
import { givesConfig, modelConfig, type ModelConfigs } from "../../src/recipes/model_config.ts";
import type { Recipe } from "../../src/recipes/recipe.ts";
import { classOfModelType, classOfProcessor, clipsClassOfModelType } from "../../src/recipes/model_types.ts";

const QWEN = { image_processor_type: "Qwen2VLImageProcessor" };
const CLIP = { image_processor_type: "CLIPImageProcessor" };
const CLIPS = { video_processor_type: "Qwen2VLVideoProcessor" };

/** The class of the config that these files give, and the files that gave it. */
function chosen(configs: ModelConfigs, clips = false): [unknown, readonly string[]] {
  const { config, names } = modelConfig(configs, "the model", { clips });
  const own = (config.image_processor ?? config) as Record<string, unknown>;
  return [own.video_processor_type ?? own.image_processor_type, names];
}

Deno.test("modelConfig takes files in the order of transformers 5", () => {
  const own = { "preprocessor_config.json": CLIP }, video = { "video_preprocessor_config.json": CLIPS };
  const nested = { "processor_config.json": { image_processor: QWEN, video_processor: CLIPS } };
  const around = { "processor_config.json": { patch_size: 14 } };
  const [processor, preprocessor, videos] = [
    "processor_config.json",
    "preprocessor_config.json",
    "video_preprocessor_config.json",
  ];
  assertEquals(chosen({ ...own, ...video, ...nested }), ["Qwen2VLImageProcessor", [processor]]);
  assertEquals(chosen({ ...own, ...video }), ["CLIPImageProcessor", [preprocessor]]);
  assertEquals(chosen({ ...own, ...around }), ["CLIPImageProcessor", [preprocessor, processor]]);
  assertEquals(chosen({ ...video, ...around }), ["Qwen2VLVideoProcessor", [videos]]);
  assertEquals(chosen({ ...own, ...video, ...nested }, true), ["Qwen2VLVideoProcessor", [processor]]);
  assertEquals(chosen({ ...own, ...video }, true), ["Qwen2VLVideoProcessor", [videos]]);
  assertEquals(chosen({ "preprocessor_config.json": QWEN }, true), ["Qwen2VLVideoProcessor", [preprocessor]]);
  const { config } = modelConfig({ ...own, ...around }, "the model");
  assertEquals(config, { patch_size: 14, image_processor: CLIP });
});

Deno.test("modelConfig finds the class of a config that names none", () => {
  const config = { do_resize: true }, preprocessor = "preprocessor_config.json";
  const of = (own: Record<string, unknown>, model?: Record<string, unknown>) =>
    chosen({ [preprocessor]: own, ...(model && { "config.json": model }) });
  const both = [preprocessor, "config.json"];
  assertEquals(of(config, { model_type: "qwen3_vl" }), ["Qwen2VLImageProcessor", both]);
  assertEquals(of(config, { model_type: "mistral3" }), ["PixtralImageProcessor", both]);
  const named = { image_processor_type: "SiglipImageProcessor", model_type: "qwen3_vl" };
  assertEquals(of(config, named), ["SiglipImageProcessor", both]);
  const old = { feature_extractor_type: "CLIPFeatureExtractor" };
  assertEquals(of(old, { model_type: "qwen3_vl" }), ["CLIPImageProcessor", [preprocessor]]);
  assertEquals(
    of({ ...config, image_processor_type: null }, { model_type: "clip" })[0],
    "CLIPImageProcessor",
  );
});

Deno.test("modelConfig gives clips the class that belongs to a config for pictures", () => {
  const preprocessor = "preprocessor_config.json";
  const of = (image_processor_type: string, model_type?: string, fields?: Record<string, unknown>) => {
    const own = { [preprocessor]: { image_processor_type, ...fields } };
    const configs = { ...own, ...(model_type && { "config.json": { model_type } }) };
    const { config, names } = modelConfig(configs, "the model", { clips: true });
    return [recipeFromConfig(config).parameters.video_processor_type, names];
  };
  const both = [preprocessor, "config.json"];
  const bounds = { min_pixels: 3136, max_pixels: 50176 };
  assertEquals(of("Qwen2VLImageProcessor", "qwen2_5_vl", bounds), ["Qwen2VLVideoProcessor", [preprocessor]]);
  assertEquals(of("Qwen2VLImageProcessorFast"), ["Qwen2VLVideoProcessor", [preprocessor]]);
  assertEquals(of("Qwen2VLImageProcessorFast", "qwen3_vl"), ["Qwen3VLVideoProcessor", both]);
  assertEquals(of("Qwen2VLImageProcessorFast", "qwen3_vl", bounds), ["Qwen3VLVideoProcessor", both]);
  assertEquals(of("Qwen2VLImageProcessorFast", "moon"), ["Qwen2VLVideoProcessor", [preprocessor]]);
  const internvl = { [preprocessor]: { image_processor_type: "GotOcr2ImageProcessor" } };
  const config = { "config.json": { model_type: "internvl" } };
  assertEquals(chosen({ ...internvl, ...config }, true), ["InternVLVideoProcessor", both]);
  const moon = { "config.json": { video_processor_type: "InternVLVideoProcessor", model_type: "moon" } };
  assertEquals(chosen({ ...internvl, ...moon }, true), ["InternVLVideoProcessor", both]);
  assertEquals(chosen({ [preprocessor]: {}, ...config }, true), ["InternVLVideoProcessor", both]);
  assertThrows(() => of("GotOcr2ImageProcessor"), VitrailError, '"GotOcr2VideoProcessor"');
});

Deno.test("modelConfig sets aside what the class for clips does not read of a config for pictures", () => {
  const recipeOf = (own: Record<string, unknown>, changes?: Record<string, unknown>) =>
    recipeFromConfig(modelConfig({ "preprocessor_config.json": own }, "it", { clips: true }).config, changes);
  const bounds = { min_pixels: 3136, max_pixels: 50176 }, size = { shortest_edge: 784, longest_edge: 7840 };
  const boundsOf = ({ parameters }: Recipe): unknown[] =>
    ["min_pixels", "max_pixels", "size"].map((field) => parameters[field]);
  assertEquals(boundsOf(recipeOf({ ...QWEN, ...bounds })), [3136, 50176, undefined]);
  assertEquals(boundsOf(recipeOf({ ...QWEN, ...bounds }, { size })), [undefined, undefined, size]);
  const sampling = { fps: 1, max_frames: 64, video_size: { longest_edge: 384 } };
  const own = { do_image_splitting: true, video_sampling: sampling };
  const smol = recipeOf({ image_processor_type: "SmolVLMImageProcessor", ...own }, { fps: 2 });
  assertEquals(smol.parameters.video_sampling, { ...sampling, fps: 2 });
  assertEquals(smol.parameters.do_image_splitting, undefined);
  assertEquals(recipeWith(smol, { fps: 3 }).parameters.fps, 3); // its parameters are a config again
});

Deno.test("modelConfig runs no code of a model's, and names it", () => {
  const reference = "processing_moon.MoonImageProcessor",
    type = { image_processor_type: "MoonImageProcessor" };
  const maps: ModelConfigs[] = [
    { "preprocessor_config.json": { ...type, auto_map: { AutoImageProcessor: reference } } },
    { "preprocessor_config.json": { auto_map: { AutoImageProcessor: [reference, null] } } },
    { "preprocessor_config.json": { auto_map: { AutoImageProcessor: { torchvision: reference } } } },
    { "preprocessor_config.json": type, "config.json": { auto_map: { AutoProcessor: reference } } },
    {
      "processor_config.json": { image_processor: type, auto_map: { AutoProcessor: reference } },
    },
  ];
  for (const configs of maps) {
    const { code, message } = assertThrows(() => modelConfig(configs, "moon/Moon"), VitrailError);
    assertEquals(code, "recipe");
    assertStringIncludes(message, `moon/Moon prepares its pictures by code of its own, ${reference}`);
    assertStringIncludes(message, "--set image_processor_type=CLASS");
    const { config } = modelConfig(configs, "moon/Moon", { changes: QWEN });
    assertEquals(recipeFromConfig(config, { ...QWEN, auto_map: null }).name, "qwen2_vl");
  }
  // As in Python, a class that is known goes before the code that comes with it.
  const known = { ...QWEN, auto_map: { AutoImageProcessor: reference } };
  assertEquals(chosen({ "preprocessor_config.json": known })[0], "Qwen2VLImageProcessor");
  const clips = { "video_preprocessor_config.json": { auto_map: { AutoVideoProcessor: reference } } };
  assertThrows(() => chosen(clips, true), VitrailError, "prepares its clips by code of its own");
  const own = { "preprocessor_config.json": { ...QWEN, auto_map: { AutoVideoProcessor: reference } } };
  assertThrows(() => chosen(own, true), VitrailError, "prepares its clips by code of its own");
  const named = { video_processor_type: "Qwen2VLVideoProcessor" };
  const { names } = modelConfig(own, "moon/Moon", { clips: true, changes: named });
  assertEquals(names, ["preprocessor_config.json"]);
  const model = { ...own, "config.json": { model_type: "qwen3_vl" } };
  assertEquals(chosen(model, true)[0], "Qwen3VLVideoProcessor");
});

Deno.test("modelConfig says what is missing", () => {
  const fails = (configs: ModelConfigs, code: string, clips: boolean, ...texts: string[]) => {
    const error = assertThrows(() => modelConfig(configs, "the model", { clips }), VitrailError);
    assertEquals(error.code, code);
    for (const text of ["the model ", ...texts]) assertStringIncludes(error.message, text);
  };
  fails({}, "io", false, "no preprocessor_config.json", "with an image_processor");
  fails({ "config.json": {} }, "io", true, "no video_preprocessor_config.json", "with a video_processor");
  fails({ "processor_config.json": { image_processor: null } }, "io", false, "no preprocessor_config.json");
  const config = { "preprocessor_config.json": {} };
  fails(
    config,
    "recipe",
    false,
    "has no image_processor_type in its preprocessor_config.json",
    "no config.json with a model_type",
    "--set image_processor_type",
  );
  fails({ ...config, "config.json": { model_type: "moon" } }, "recipe", false, '"moon", which gives none');
  fails(config, "recipe", true, "has no video_processor_type in its preprocessor_config.json");
});

Deno.test("givesConfig does not take a config for pictures for one for clips while there may be one", () => {
  const pictures = { "preprocessor_config.json": QWEN }, clips = { "video_preprocessor_config.json": CLIPS };
  assertEquals([false, true].map((all) => givesConfig(pictures, false, all)), [true, true]);
  assertEquals([false, true].map((all) => givesConfig(pictures, true, all)), [false, true]);
  assertEquals([false, true].map((all) => givesConfig(clips, false, all)), [false, true]);
  assertEquals(givesConfig({ "preprocessor_config.json": {} }, false, true), false);
  assertEquals(givesConfig({}, false, true), false);
});

Deno.test("classOfModelType knows the models of families by their types", () => {
  const types = ["qwen2_vl", "clip", "siglip", "llava", "llava_next", "llava_onevision", "got_ocr2", "ovis2"];
  const more = ["aria", "glm4v", "paddleocr_vl", "idefics2", "idefics3", "smolvlm", "gemma3", "mllama"];
  const known = new Set(FAMILIES.flatMap((family) => family.types));
  for (const type of [...types, ...more, "pixtral", "siglip2"]) {
    const name = classOfModelType(type);
    assertEquals(known.has(name!), true, `${type}: ${name}`);
  }
  const clips = ["cosmos3_omni", "exaone4_5", "gemma4", "minimax_m3_vl", "qwen3_vl"].map(
    clipsClassOfModelType,
  );
  assertEquals(clips.map((own) => own!.replace("VideoProcessor", "")), [
    "Qwen3VL",
    "Qwen2VL",
    "Gemma4",
    "MiniMaxM3VL",
    "Qwen3VL",
  ]);
  for (const { types, name } of FAMILIES) {
    const type = types[0].replace("ImageProcessor", "Processor");
    assertEquals(types.includes(classOfProcessor(type)!), true, name);
  }
  for (const type of ["moon", undefined, null, 3, "toString", "0"]) {
    assertEquals(classOfModelType(type), undefined);
  }
});
