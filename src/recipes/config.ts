import { requireGiven } from "../given/given_value.ts";
import { CLIP_RECIPES } from "./families/clips/clip_recipes.ts";
import { DOCUMENT_RECIPES } from "./families/documents/document_recipes.ts";
import type { Alcove, AlcoveRecipes } from "./families/family.ts";
import { PATCH_RECIPES } from "./families/patches/patch_recipes.ts";
import { isConfig, readConfig } from "./families/read_config.ts";
import { SQUARE_RECIPES } from "./families/squares/square_recipes.ts";
import { TILE_RECIPES } from "./families/tiles/tile_recipes.ts";
import type { ProcessorRecipe, Recipe } from "./recipe.ts";

/** Every family's recipes. */
const RECIPES: Readonly<Record<Alcove, AlcoveRecipes>> = {
  squares: SQUARE_RECIPES,
  patches: PATCH_RECIPES,
  tiles: TILE_RECIPES,
  documents: DOCUMENT_RECIPES,
  clips: CLIP_RECIPES,
};

/**
 * Returns the recipe that a `preprocessor_config.json` describes. A `video_preprocessor_config.json` gives
 * one whose samples are clips.
 *
 * A `processor_config.json`, which holds the config as `image_processor`, will do as well. The fields beside
 * it (`patch_size`, `image_seq_length` …) then say how many tokens a picture becomes.
 *
 * A model's processor, which `processor_class` names, passes some fields whatever the config says: InternVL's
 * passes `crop_to_patches: true`. These are taken, as `AutoProcessor` gives them, and `changes` go first. A
 * config without `processor_class` is that of the image processor alone. One without a class gets that of
 * the models that its `processor_class` serves.
 *
 * A null in the file is Python's None. For a step such as `do_resize` it is false, whatever the class's
 * default, and what a step needs (a mean, a factor, a size, a filter) cannot be null where Python raises. A
 * null among `changes` takes the file's value away.
 *
 * Two fields are Vitrail's own. `backend` chooses between the twins of a class: `torchvision`,
 * `torchvision-cuda` or `pil`. By default it is the one that `AutoImageProcessor` of transformers 5 takes,
 * whether the class is named as in transformers 4 (`…Fast`) or 5 (`…Pil`). `torchvision`, `0.26` (default) or
 * `0.27`, is the version of torchvision that is followed.
 * @param json the file's content
 * @param changes fields to take in place of the file's
 * @throws {VitrailError} `recipe` for an unknown class or field, with the nearest, for a backend that the
 * class does not have, for a value that makes no sense, for a change that the class has no use for, and for a
 * config that names no class, or two.
 */
export function recipeFromConfig(json: unknown, changes: Readonly<Record<string, unknown>> = {}): Recipe {
  requireGiven("recipeFromConfig: changes", changes, "an object", "{ size: 448 }");
  return readConfig(json, changes, true, RECIPES).recipe;
}

/**
 * Returns a recipe with the options of one call in place of its config's fields, as the Python classes take
 * them. Options that the class has no field for are left alone, and so are recipes without a config.
 *
 * The class is as if made with them. A call in Python ignores `max_pixels` without `min_pixels`, and some
 * classes pad in the colour of the config's `image_mean`. Here both count.
 * @throws {VitrailError} `recipe` for a value that makes no sense.
 */
export function recipeWith(recipe: Recipe, options: Readonly<Record<string, unknown>>): Recipe {
  if (Object.keys(options).length === 0 || !isConfig(recipe.parameters)) return recipe;
  const { fields } = readConfig(recipe.parameters, {}, false, RECIPES);
  const changes = Object.entries(options).filter(([field]) => fields.has(field));
  if (changes.length === 0) return recipe;
  const { recipe: changed } = readConfig(recipe.parameters, Object.fromEntries(changes), false, RECIPES);
  return "backend" in options ? changed : { ...changed, backend: (recipe as ProcessorRecipe).backend };
}
