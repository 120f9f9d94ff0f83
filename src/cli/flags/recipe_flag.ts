import { VitrailError } from "../../errors.ts";
import { customRecipe } from "../../recipes/tiled/custom.ts";
import { isConfig, recipeFromConfig } from "../../recipes/config.ts";
import { FAMILIES } from "../../recipes/families/families.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import { recipe, RECIPES } from "../../recipes/registry.ts";
import type { Arguments, Flag } from "./flags.ts";
import { isFolder, readRecipe } from "./recipe_file.ts";

/** `--recipe` and `--set`. */
export const RECIPE_FLAGS: readonly Flag[] = [
  {
    name: "recipe",
    value: "NAME|FILE.json|FOLDER",
    default: "ixc2-4khd",
    text: "what to make of the pictures: a name, a recipe's or a model's JSON file, or a model's folder",
  },
  { name: "set", value: "NAME=VALUE", repeatable: true, text: "a parameter of the recipe, such as hdNum=25" },
];

/**
 * The recipe that the flags name: one of ours, a JSON file's, or that of a folder with a model's config.
 * @throws {VitrailError} `recipe` for one that there is not or that makes no sense, `io` for a file that cannot be read.
 */
export async function recipeOf(args: Arguments): Promise<Recipe> {
  const name = args.text("recipe")!;
  const settings = args.list("set").map(setting), set = Object.fromEntries(settings);
  const twice = settings.find(([key], i) => settings.findIndex(([other]) => other === key) < i);
  if (twice) throw new VitrailError("usage", `--set gives ${twice[0]} twice; give it once`);
  if (await isPath(name)) {
    const file = await readRecipe(name), changes = typed(set);
    return isConfig(file) ? recipeFromConfig(file, changes) : customRecipe({ ...file, ...changes });
  }
  if (FAMILIES.some((family) => [family.name, ...family.types].includes(name))) {
    throw new VitrailError(
      "recipe",
      `${name} is what a model's config names: give --recipe its preprocessor_config.json, or the folder that holds it`,
    );
  }
  return recipe(name, name === "custom" ? typed(set) : set);
}

/** Whether a recipe's name is a path. A folder that is called as one of ours is none. */
async function isPath(name: string): Promise<boolean> {
  return /\.json$|[/\\]/i.test(name) || !RECIPES.some((known) => known.name === name) && await isFolder(name);
}

function setting(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new VitrailError("usage", `--set takes NAME=VALUE, such as hdNum=25, found "${text}"`);
}

/** Values that are JSON as what they are; all others stay text. */
function typed(set: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(set).map(([key, value]) => [key, jsonOr(value)]));
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
