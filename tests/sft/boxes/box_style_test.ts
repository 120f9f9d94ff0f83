import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { BOX_STYLES, boxStyleOf } from "../../../src/sft/boxes/box_style.ts";
import { boxedTexts } from "../../../src/sft/boxes/boxed_texts.ts";

Deno.test("boxStyleOf knows a model by its config, and else by its processor", () => {
  const name = (model?: string, processor?: string) => boxStyleOf({ model, processor })?.name;
  assertEquals(name("qwen2_vl"), "qwen2-vl");
  assertEquals(name("qwen2_5_vl", "Qwen2VLProcessor"), "pixels");
  assertEquals(name("qwen3_vl_moe"), "thousandths");
  assertEquals(name("internvl"), "internvl");
  assertEquals(["glm4v_moe", "paligemma", "kosmos-2"].map((model) => name(model)), [
    "glm",
    "paligemma",
    "kosmos-2",
  ]);
  assertEquals(name(undefined, "Qwen3VLProcessor"), "thousandths");
  assertEquals([name(), name("gemma3", "Qwen3VLProcessor")], [undefined, undefined]);
});

Deno.test("boxStyleOf takes no Pixtral for LLaVA, whose model_type it has", () => {
  const llava = BOX_STYLES.find(({ name }) => name === "llava");
  const style = (model?: string, processor?: string) => boxStyleOf({ model, processor });
  assertEquals([style("llava"), style("llava", "PixtralProcessor")], [undefined, undefined]);
  assertEquals([style("llava", "LlavaProcessor"), style(undefined, "LlavaProcessor")], [
    llava,
    llava,
  ]);
  const config = { image_processor_type: "PixtralImageProcessor", processor_class: "PixtralProcessor" };
  const { name, parameters } = recipeFromConfig({ ...config, patch_size: { height: 16, width: 16 } });
  const texts = boxedTexts(() => ({ text: "" }), style("llava", parameters.processor_class as string), name);
  const sample = { conversations: [], images: [], objects: { bbox: [] } };
  const error = assertThrows(() => texts(sample, [], "s"), VitrailError);
  assertEquals(error.code, "usage");
  assertStringIncludes(error.message, `how the model of ${name} writes them`);
});
