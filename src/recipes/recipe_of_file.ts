import { VitrailError } from "../errors.ts";
import { recipeFromConfig } from "./config.ts";
import { isConfig } from "./families/read_config.ts";
import { type JsonObject, modelConfig } from "./model_config.ts";
import type { Recipe } from "./recipe.ts";
import { CUSTOM_FIELDS, customRecipe } from "./tiled/custom.ts";

/** The fields of a custom recipe that no processor's config has. */
const OWN_FIELDS = CUSTOM_FIELDS.filter((field) => field !== "size");

/**
 * Returns the recipe that a JSON file describes. It is a custom recipe where it has a field that only such a
 * recipe has, and else a processor's config. A config without a class gets that of the `config.json` beside
 * it, or that of the models that its `processor_class` serves. Of two classes in one file, the name
 * `video_preprocessor_config.json` chooses the one for clips.
 * @param file the file's path
 * @param model the content of the `config.json` in its folder; absent where there is none
 * @throws {VitrailError} `recipe` for what is neither, saying what the file lacks, and for a value that makes
 * no sense.
 */
export function recipeOfFile(
  json: JsonObject,
  file: string,
  changes: JsonObject,
  model?: JsonObject,
): Recipe {
  const fields = { ...json, ...changes };
  if ("image_processor" in fields) return recipeFromConfig(json, changes);
  if (isCustom(fields)) return customRecipe(fields);
  if (!isConfig(fields) && model === undefined && !("processor_class" in fields)) throw neither(file);
  const clips = /(^|[/\\])video_[^/\\]*$/.test(file);
  const name = clips ? "video_preprocessor_config.json" : "preprocessor_config.json";
  const { config } = modelConfig({ [name]: json, "config.json": model }, file, { clips, changes });
  return recipeFromConfig(config, changes);
}

/** Tells if the class of a file's config stands elsewhere, or if the file is no config at all. */
export function lacksClass(json: JsonObject): boolean {
  return !isConfig(json) && !isCustom(json);
}

function isCustom(json: JsonObject): boolean {
  return !isConfig(json) && OWN_FIELDS.some((field) => field in json);
}

function neither(file: string): VitrailError {
  return new VitrailError(
    "recipe",
    `${file} has no image_processor_type, which a processor's config has (or a config.json with a ` +
      "model_type in its folder); a custom recipe has size or maxTiles, and says that it is one by a field " +
      'of its own, such as "name": "mine"',
  );
}
