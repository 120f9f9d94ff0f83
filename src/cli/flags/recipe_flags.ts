import { VitrailError } from "../../errors.ts";
import { customRecipe } from "../../recipes/tiled/custom.ts";
import { isConfig, recipeFromConfig } from "../../recipes/config.ts";
import { FAMILIES } from "../../recipes/families/families.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import { recipe, RECIPES } from "../../recipes/registry.ts";
import type { Arguments, Flag } from "./arguments.ts";
import { isFolder, readRecipe } from "./recipe_file.ts";

/** The flags that name a recipe: `--recipe` and `--set`. */
export const RECIPE_FLAGS: readonly Flag[] = [
  {
    name: "recipe",
    value: "NAME|FILE.json|FOLDER",
    default: "ixc2-4khd",
    text: "a recipe's name or JSON file, or a model's preprocessor_config.json or folder",
  },
  {
    name: "set",
    value: "NAME=VALUE",
    repeatable: true,
    text: "set a parameter of the recipe, such as hdNum=25; vitrail recipes lists all",
  },
];

/**
 * Returns the recipe that the flags name: one of Vitrail's, that of a JSON file, or that of a folder with a
 * model's config.
 * @throws {VitrailError} `recipe` for a recipe that does not exist or makes no sense; `io` for a file that
 * cannot be read; `usage` for a `--set` that is no `NAME=VALUE` or sets one name twice.
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
      `${name} is what a model's config names: give --recipe its preprocessor_config.json, ` +
        `or the folder that holds it`,
    );
  }
  return recipe(name, name === "custom" ? typed(set) : set);
}

/** Tells if the value of `--recipe` is a path. A folder with the name of one of Vitrail's recipes is none. */
async function isPath(name: string): Promise<boolean> {
  return /\.json$|[/\\]/i.test(name) || !RECIPES.some((known) => known.name === name) && await isFolder(name);
}

function setting(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new VitrailError("usage", `--set takes NAME=VALUE, such as hdNum=25, found "${text}"`);
}

/** Values that are JSON, parsed; all others stay text. */
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
