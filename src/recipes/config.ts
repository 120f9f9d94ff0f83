import { VitrailError } from "../errors.ts";
import { RESAMPLERS } from "../plan/tables/resampler.ts";
import { FAMILIES, type Family } from "./families/families.ts";
import { Fields } from "./fields.ts";
import { nearestText } from "./nearest_text.ts";
import type { Recipe } from "./recipe.ts";

/** The fields that name a processor's class. A file for videos may name the class for pictures, too. */
const TYPE_FIELDS = ["video_processor_type", "image_processor_type", "feature_extractor_type"] as const;

/**
 * Returns the recipe that a `preprocessor_config.json` describes. A `video_preprocessor_config.json` gives
 * one whose samples are clips.
 *
 * A `processor_config.json`, which holds the config as `image_processor`, will do as well. The fields beside
 * it (`patch_size`, `image_seq_length` …) then say how many tokens a picture becomes.
 * @param json the file's content
 * @param changes fields to take in place of the file's. `resampler`, `pillow` or `torch`, is a field of
 * Vitrail's own. By default it is `torch` for classes whose name ends in `Fast` and for videos, and `pillow`
 * for all others.
 * @throws {VitrailError} `recipe` for an unknown class or field, with the nearest, and for a value that makes
 * no sense.
 */
export function recipeFromConfig(json: unknown, changes: Readonly<Record<string, unknown>> = {}): Recipe {
  return readConfig(json, changes).recipe;
}

/**
 * Returns a recipe with the options of one call in place of its config's fields, as the Python classes take
 * them. Options that the class has no field for are left alone, and so are recipes without a config.
 * @throws {VitrailError} `recipe` for a value that makes no sense.
 */
export function recipeWith(recipe: Recipe, options: Readonly<Record<string, unknown>>): Recipe {
  if (Object.keys(options).length === 0 || !isConfig(recipe.parameters)) return recipe;
  const { fields } = readConfig(recipe.parameters, {});
  const changes = Object.entries(options).filter(([field]) => fields.has(field));
  return changes.length === 0 ? recipe : recipeFromConfig(recipe.parameters, Object.fromEntries(changes));
}

/** Returns true for a processor's config, and false for a recipe of one's own. */
export function isConfig(json: Readonly<Record<string, unknown>>): boolean {
  return TYPE_FIELDS.some((field) => field in json) || "image_processor" in json;
}

/** The recipe of a config, and the fields that were read for it. */
interface ReadConfig {
  recipe: Recipe;
  fields: Fields;
}

function readConfig(json: unknown, changes: Readonly<Record<string, unknown>>): ReadConfig {
  const file = (json ?? {}) as Record<string, unknown>;
  const inner = file.image_processor as Record<string, unknown> | null | undefined;
  const nested = typeof inner === "object" && inner !== null;
  const config: Record<string, unknown> = { ...(nested ? inner : file), ...changes };
  const type = TYPE_FIELDS.map((field) => config[field]).find((value) => typeof value === "string");
  if (type === undefined) {
    throw new VitrailError(
      "recipe",
      `a preprocessor_config.json names its image_processor_type; this one has none`,
    );
  }
  const family = familyOf(type);
  const video = family.videoTypes?.includes(type) ?? false;
  if (video) config.video = true;
  config.resampler ??= video || type.endsWith("Fast") ? "torch" : "pillow";
  const fields = new Fields(config, type, nested ? file : {});
  const resampler = fields.choice("resampler", RESAMPLERS)!;
  const recipe = { ...family.make(fields), resampler };
  fields.requireNoOther();
  return { recipe, fields };
}

/** @throws {VitrailError} `recipe` for a class of no family, with the nearest. */
function familyOf(type: string): Family {
  const name = type.replace(/(Fast|Pil)$/, "");
  const family = FAMILIES.find(({ types, videoTypes }) => types.includes(name) || videoTypes?.includes(type));
  if (family) return family;
  const types = FAMILIES.flatMap(({ types, videoTypes = [] }) => [...types, ...videoTypes]);
  throw new VitrailError(
    "recipe",
    `no processor is called "${type}"${nearestText(name, types)}; there are ${types.join(", ")}`,
  );
}
