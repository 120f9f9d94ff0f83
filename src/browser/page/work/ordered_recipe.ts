import { VitrailError } from "../../../errors.ts";
import { recipeFromConfig } from "../../../recipes/config.ts";
import { CONFIG_NAMES, type JsonObject, modelConfig } from "../../../recipes/model_config.ts";
import type { Recipe } from "../../../recipes/recipe.ts";
import { recipeOfFile } from "../../../recipes/recipe_of_file.ts";
import { recipe } from "../../../recipes/registry.ts";
import { settingsOf } from "../../../recipes/settings.ts";
import type { Order } from "./order.ts";

/**
 * Returns the recipe that is ordered.
 * @throws {VitrailError} `recipe`, `usage` or `io` for a model, a config or a setting that makes no sense.
 */
export function orderedRecipe({ model, settings }: Pick<Order, "model" | "settings">): Recipe {
  const lines = settings.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const { texts, values } = settingsOf(lines, "the field of settings");
  if ("recipe" in model) return recipe(model.recipe, texts);
  if ("image_processor_type" in model) return recipeFromConfig(model, values);
  return recipeOfFiles(model.files, values);
}

/**
 * Returns the recipe of files as they lie in a model's folder, which has others, too; or of one file of any
 * name.
 */
function recipeOfFiles(files: Readonly<Record<string, JsonObject>>, changes: JsonObject): Recipe {
  const names = Object.keys(files);
  if (names.some((name) => (CONFIG_NAMES as readonly string[]).includes(name))) {
    const { config } = modelConfig(files, "what was dropped", { changes });
    return recipeFromConfig(config, changes);
  }
  if (names.length > 1) {
    throw new VitrailError(
      "usage",
      `of ${names.join(", ")} none is ${CONFIG_NAMES.join(" or ")}; drop one alone`,
    );
  }
  const [file] = Object.values(files);
  return recipeOfFile(file, names[0], changes);
}
