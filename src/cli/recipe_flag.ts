import { VitrailError } from "../errors.ts";
import { ioError } from "../formats/mod.ts";
import { messageOf } from "../errors.ts";
import { customRecipe } from "../recipes/custom.ts";
import { isConfig, recipeFromConfig } from "../recipes/processors/config.ts";
import type { Recipe } from "../recipes/recipe.ts";
import { recipe } from "../recipes/registry.ts";
import type { Arguments, Flag } from "./flags.ts";

/** `--recipe` and `--set`. */
export const RECIPE_FLAGS: readonly Flag[] = [
  {
    name: "recipe",
    value: "NAME|FILE.json",
    default: "ixc2-4khd",
    text: "what to make of the pictures; vitrail recipes lists the names",
  },
  { name: "set", value: "NAME=VALUE", repeatable: true, text: "a parameter of the recipe, such as hdNum=25" },
];

/**
 * The recipe that the flags name: one of ours, or a JSON file's.
 * @throws {VitrailError} `recipe` for one that there is not or that makes no sense, `io` for a file that cannot be read.
 */
export async function recipeOf(args: Arguments): Promise<Recipe> {
  const name = args.text("recipe")!;
  const set = Object.fromEntries(args.list("set").map(setting));
  if (/\.json$|[/\\]/i.test(name)) {
    const file = await readRecipe(name), changes = typed(set);
    return isConfig(file) ? recipeFromConfig(file, changes) : customRecipe({ ...file, ...changes });
  }
  return recipe(name, name === "custom" ? typed(set) : set);
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

async function readRecipe(path: string): Promise<Record<string, unknown>> {
  const text = await Deno.readTextFile(path).catch((error) => {
    throw ioError("read the recipe", path, error);
  });
  try {
    const json = JSON.parse(text);
    if (typeof json === "object" && json !== null && !Array.isArray(json)) return json;
  } catch (cause) {
    throw new VitrailError("recipe", `the recipe ${path} is not JSON: ${messageOf(cause)}`, { cause });
  }
  throw new VitrailError("recipe", `the recipe ${path} is to be a JSON object of a recipe's fields`);
}
