import { VitrailError } from "../../errors.ts";
import { requireGiven } from "../../given/given_value.ts";

/**
 * The ways in which models count positions along several axes. Each is named after the first model that
 * counts so.
 * - `qwen2_vl`: a picture's tokens keep one time and count lines and columns. What follows goes on after the
 *   longer of its sides. A clip's steps along time are 1 apart.
 * - `qwen2_5_vl`: as before, and a clip's steps are as far apart as `perSecond` says.
 * - `qwen3_vl`: as `qwen2_vl`, and each step of a clip stands for itself, since text is written between them.
 * - `qwen2_5_omni`: what follows goes on after the largest position, time's among them. A clip's steps are
 *   placed by `perSecond`, and rounded down.
 * - `qwen3_omni_moe`: the same without rounding, so that positions are fractions.
 * - `glm_image`: as `qwen2_vl`. Padding is 1, and the deltas are 0: what it makes has positions of its own,
 *   which are not given.
 * - `hunyuan_vl`: all tokens count on, and a picture's have its columns, its lines and its number instead.
 */
export type RopeRule =
  | "qwen2_vl"
  | "qwen2_5_vl"
  | "qwen3_vl"
  | "qwen2_5_omni"
  | "qwen3_omni_moe"
  | "glm_image"
  | "hunyuan_vl";

/** A rule, and the numbers of the model's `config.json` that it needs. */
export interface Rope {
  /** The rule. */
  readonly rule: RopeRule;
  /**
   * The positions in a second of a clip: `vision_config.tokens_per_second` of Qwen2.5-VL, and
   * `position_id_per_seconds` of the Omni models.
   */
  readonly perSecond?: number;
  /** The axes of HunYuanVL: as many as its `mrope_section` has numbers; absent: 4. */
  readonly axes?: number;
}

/** The models of each rule, by the `model_type` of their `config.json`. */
export const ROPE_MODELS: Readonly<Record<RopeRule, readonly string[]>> = {
  qwen2_vl: ["qwen2_vl", "paddleocr_vl", "ernie4_5_vl_moe", "ernie4_5_moe_vl"],
  qwen2_5_vl: ["qwen2_5_vl"],
  qwen3_vl: [
    ...["qwen3_vl", "qwen3_vl_moe", "qwen3_5", "qwen3_5_moe"],
    ...["glm4v", "glm4v_moe", "glm46v", "glmga", "glm_ocr", "cosmos3_edge"],
  ],
  qwen2_5_omni: ["qwen2_5_omni"],
  qwen3_omni_moe: ["qwen3_omni_moe"],
  glm_image: ["glm_image"],
  hunyuan_vl: ["hunyuan_vl"],
};

/** Returns the count of axes along which a model counts. */
export function axesOf({ rule, axes = 4 }: Rope): number {
  return rule === "hunyuan_vl" ? axes : 3;
}

/** All rules. */
export const ROPE_RULES = Object.keys(ROPE_MODELS) as readonly RopeRule[];

/** The rule of each Python class of whole processors whose model has one. */
const PROCESSORS: Readonly<Record<string, RopeRule>> = {
  Qwen2VLProcessor: "qwen2_vl",
  PaddleOCRVLProcessor: "qwen2_vl",
  Ernie4_5_VLMoeProcessor: "qwen2_vl",
  Ernie4_5_VLProcessor: "qwen2_vl",
  Qwen2_5_VLProcessor: "qwen2_5_vl",
  Qwen3VLProcessor: "qwen3_vl",
  Glm4vProcessor: "qwen3_vl",
  Glm46VProcessor: "qwen3_vl",
  Cosmos3EdgeProcessor: "qwen3_vl",
  Qwen2_5OmniProcessor: "qwen2_5_omni",
  Qwen3OmniMoeProcessor: "qwen3_omni_moe",
  GlmImageProcessor: "glm_image",
  HunYuanVLProcessor: "hunyuan_vl",
};

/** The rule of each recipe whose classes are one model's, where its config names no whole processor. */
const RECIPES: Readonly<Record<string, RopeRule>> = {
  qwen2_vl: "qwen2_vl",
  paddleocr_vl: "qwen2_vl",
  ernie4_5_vl_moe: "qwen2_vl",
  glm4v: "qwen3_vl",
  glm46v: "qwen3_vl",
  glmga: "qwen3_vl",
  cosmos3_edge: "qwen3_vl",
  glm_image: "glm_image",
  hunyuan_vl: "hunyuan_vl",
};

/** The part of a recipe that tells its model. */
export interface RecipeFacts {
  /** The recipe's name. */
  readonly name: string;
  /** Its parameters: the fields of a config among them. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * Returns the rule of a recipe's model; undefined where it counts along one axis. The config's
 * `processor_class` says it, then the class of pictures or clips, then the recipe's name.
 */
export function ropeOfRecipe(recipe: RecipeFacts): Rope | undefined {
  requireGiven("ropeOfRecipe: recipe", recipe, "an object", "recipeFromConfig(json) gives");
  const { name, parameters } = recipe;
  requireGiven("a recipe's parameters", parameters, "an object");
  const { processor_class: processor, image_processor_type, video_processor_type } = parameters;
  const known = typeof processor === "string" ? PROCESSORS[processor] : undefined;
  const named = video_processor_type ?? image_processor_type, type = typeof named === "string" ? named : "";
  const own = /^Qwen3/.test(type) ? "qwen3_vl" : /^Qwen2_5/.test(type) ? "qwen2_5_vl" : RECIPES[name];
  const rule = known ?? (typeof processor === "string" && name === "qwen2_vl" ? undefined : own);
  return rule && { rule };
}

/**
 * Returns the rule of a model by the recipes of its clips and of its pictures. The first whose config names
 * the `processor_class` says it; where none does, the first that has a rule.
 */
export function ropeOfRecipes(recipes: readonly RecipeFacts[]): Rope | undefined {
  const named = recipes.find(({ parameters }) => typeof parameters.processor_class === "string");
  return named ? ropeOfRecipe(named) : recipes.map(ropeOfRecipe).find((rope) => rope !== undefined);
}

/**
 * Returns the rule of a model, and its numbers, by its `config.json`; undefined where the model counts along
 * one axis, as most do.
 * @throws {VitrailError} `usage` for a config without a `model_type`.
 */
export function ropeOfModel(config: Readonly<Record<string, unknown>>): Rope | undefined {
  requireGiven("ropeOfModel: config", config, "an object", "a config.json holds");
  const { model_type: type } = config;
  if (typeof type !== "string") {
    throw new VitrailError("usage", `a model's config.json names its model_type, this one has none`);
  }
  const rule = ROPE_RULES.find((name) => ROPE_MODELS[name].includes(type));
  if (rule === undefined) return undefined;
  const thinker = fieldsOf(config.thinker_config), text = fieldsOf(config.text_config);
  const vision = fieldsOf(config.vision_config);
  const perSecond = vision.tokens_per_second ?? thinker.position_id_per_seconds ??
    config.position_id_per_seconds;
  const sections = fieldsOf(text.rope_parameters ?? text.rope_scaling).mrope_section;
  return {
    rule,
    ...(typeof perSecond === "number" && { perSecond }),
    ...(Array.isArray(sections) && rule === "hunyuan_vl" && { axes: sections.length }),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}
