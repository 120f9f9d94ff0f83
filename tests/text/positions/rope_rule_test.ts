import { assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import {
  type Rope,
  ROPE_MODELS,
  ropeOfModel,
  ropeOfRecipe,
  ropeOfRecipes,
} from "../../../src/text/positions/rope_rule.ts";

Deno.test("ropeOfModel takes the rule and its numbers of a model's config.json", () => {
  const cases: [Record<string, unknown>, unknown][] = [
    [{ model_type: "qwen3_5_moe", vision_config: { spatial_merge_size: 2 } }, { rule: "qwen3_vl" }],
    [
      { model_type: "qwen2_5_vl", vision_config: { tokens_per_second: 2 } },
      { rule: "qwen2_5_vl", perSecond: 2 },
    ],
    [
      { model_type: "qwen3_omni_moe", thinker_config: { position_id_per_seconds: 13 } },
      { rule: "qwen3_omni_moe", perSecond: 13 },
    ],
    [
      { model_type: "hunyuan_vl", text_config: { rope_parameters: { mrope_section: [16, 16, 16, 16] } } },
      { rule: "hunyuan_vl", axes: 4 },
    ],
    [{ model_type: "llava" }, undefined],
    [{ model_type: "exaone4_5" }, undefined], // its class refuses positions along axes
  ];
  for (const [config, expected] of cases) assertEquals(ropeOfModel(config), expected as undefined);
  const error = assertThrows(() => ropeOfModel({}), VitrailError);
  assertEquals(error.message, "a model's config.json names its model_type, this one has none");
});

Deno.test("ropeOfRecipe goes by the processor, then by the class, then by the recipe", () => {
  const cases: [Record<string, unknown>, string | undefined][] = [
    [{ image_processor_type: "Qwen2VLImageProcessor", processor_class: "Qwen2_5_VLProcessor" }, "qwen2_5_vl"],
    [{ image_processor_type: "Qwen2VLImageProcessorFast", processor_class: "Qwen3VLProcessor" }, "qwen3_vl"],
    [{ image_processor_type: "Qwen2VLImageProcessor", processor_class: "Exaone4_5_Processor" }, undefined],
    [{ image_processor_type: "Qwen2VLImageProcessor" }, "qwen2_vl"],
    [{ video_processor_type: "Qwen3VLVideoProcessor" }, "qwen3_vl"],
    [{ image_processor_type: "Glm4vImageProcessor" }, "qwen3_vl"],
    [{ image_processor_type: "PaddleOCRVLImageProcessor" }, "qwen2_vl"],
    [{ image_processor_type: "CLIPImageProcessor" }, undefined],
  ];
  for (const [config, rule] of cases) {
    assertEquals(ropeOfRecipe(recipeFromConfig(config))?.rule, rule as undefined, JSON.stringify(config));
  }
});

Deno.test("ropeOfRecipes goes by the config that names a processor, then by the clips", () => {
  const pictures = { image_processor_type: "Qwen2VLImageProcessor" };
  const clips = { video_processor_type: "Qwen3VLVideoProcessor" };
  const named = { processor_class: "Qwen2_5_VLProcessor" };
  const cases: [object, object, string][] = [
    [clips, pictures, "qwen3_vl"],
    [clips, { ...pictures, ...named }, "qwen2_5_vl"],
    [{ ...clips, ...named }, pictures, "qwen2_5_vl"],
    [{ ...clips, processor_class: "Qwen3VLProcessor" }, { ...pictures, ...named }, "qwen3_vl"],
    [{ video_processor_type: "InternVLVideoProcessor" }, pictures, "qwen2_vl"],
  ];
  for (const [first, second, rule] of cases) {
    assertEquals(ropeOfRecipes([recipeFromConfig(first), recipeFromConfig(second)]), { rule } as Rope);
  }
  assertEquals(ropeOfRecipes([recipeFromConfig({ image_processor_type: "CLIPImageProcessor" })]), undefined);
});

Deno.test("ROPE_MODELS has each model once", () => {
  const all = Object.values(ROPE_MODELS).flat();
  assertEquals(new Set(all).size, all.length);
});
