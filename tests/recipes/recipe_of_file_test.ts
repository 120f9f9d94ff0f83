import { assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../src/errors.ts";
import { recipeFromConfig } from "../../src/recipes/config.ts";
import { lacksClass, recipeOfFile } from "../../src/recipes/recipe_of_file.ts";

/** The class by which a file's recipe reads its fields. */
function nameOf(json: Record<string, unknown>, model?: Record<string, unknown>, file = "a/pre.json"): string {
  return recipeOfFile(json, file, {}, model).name;
}

Deno.test("recipeOfFile finds the class of a config that names none", () => {
  const config = { do_resize: true, image_mean: [0.5, 0.5, 0.5] };
  assertEquals(nameOf(config, { model_type: "qwen3_vl" }), "qwen2_vl");
  assertEquals(nameOf({ ...config, processor_class: "PaliGemmaProcessor" }), "siglip");
  assertEquals(nameOf({ ...config, processor_class: "InternVLProcessor" }), "got_ocr2");
  assertEquals(nameOf({ ...config, processor_class: "Qwen2_5_VLProcessor" }, {}), "qwen2_vl");
  assertEquals(
    nameOf({ ...config, processor_class: "Kosmos2_5Processor" }, { model_type: "moon" }),
    "kosmos2_5",
  );
  assertEquals(nameOf({ image_processor: { processor_class: "PixtralProcessor" } }), "pixtral");
  assertEquals(recipeFromConfig({ processor_class: "LlavaNextProcessor" }).name, "llava_next");
});

Deno.test("recipeOfFile says what a file lacks that is no config and no custom recipe", () => {
  for (const json of [{ size: 448 }, {}, { do_resize: true, size: { height: 9, width: 9 } }]) {
    const { code, message } = assertThrows(() => nameOf(json), VitrailError);
    assertEquals(code, "recipe");
    const parts = ["a/pre.json has no image_processor_type", "size or maxTiles", '"name": "mine"'];
    assertEquals(parts.filter((part) => !message.includes(part)), []);
  }
  const moon = () => nameOf({ size: 448 }, { model_type: "moon" });
  assertThrows(moon, VitrailError, 'the model_type "moon", which gives none');
  assertThrows(
    () => nameOf({ processor_class: "MoonProcessor" }),
    VitrailError,
    "no processor_class that tells",
  );
  assertThrows(() => recipeFromConfig({ size: 448 }), VitrailError, "the config has no image_processor_type");
});

Deno.test("recipeOfFile takes a custom recipe by a field of its own", () => {
  assertEquals(nameOf({ size: 448, name: "mine" }), "mine");
  assertEquals(nameOf({ maxTiles: 9, tile: 448 }, { model_type: "qwen2_vl" }), "custom");
  assertEquals(recipeOfFile({ size: 448 }, "a.json", { fit: "contain" }).name, "custom");
  assertEquals([{ size: 448 }, { tile: 9 }, { image_processor_type: "X" }].map(lacksClass), [
    true,
    false,
    false,
  ]);
});

Deno.test("recipeOfFile takes the class that a file's name asks for, where it names two", () => {
  const both = {
    image_processor_type: "Qwen2VLImageProcessor",
    video_processor_type: "Qwen3VLVideoProcessor",
  };
  assertEquals(nameOf(both, undefined, "model/preprocessor_config.json"), "qwen2_vl");
  assertEquals(nameOf(both, undefined, "model/video_preprocessor_config.json"), "qwen3_vl");
  assertThrows(
    () => recipeFromConfig(both),
    VitrailError,
    '"Qwen2VLImageProcessor", and one for clips, "Qwen3VL',
  );
  assertEquals(recipeFromConfig(both, { video_processor_type: null }).name, "qwen2_vl");
});
