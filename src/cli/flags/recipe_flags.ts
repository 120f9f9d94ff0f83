import { VitrailError } from "../../errors.ts";
import { HubFiles } from "../../hub/hub_files.ts";
import { type ModelSource, readModel } from "../../hub/hub_model.ts";
import { hubRepo, isHubId } from "../../hub/hub_repo.ts";
import { type HubOptions, hubSettings } from "../../hub/hub_settings.ts";
import { ModelFolder } from "../../hub/model_folder.ts";
import type { ModelFiles } from "../../hub/model_files.ts";
import { CUSTOM_FIELDS } from "../../recipes/tiled/custom.ts";
import { FAMILIES } from "../../recipes/families/families.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import { lacksClass, recipeOfFile } from "../../recipes/recipe_of_file.ts";
import { recipe, RECIPES } from "../../recipes/registry.ts";
import { settingsOf } from "../../recipes/settings.ts";
import type { Arguments, Flag } from "./arguments.ts";
import { readConfigBeside, readRecipe } from "./recipe_file.ts";

/** The names of the parameters that Vitrail's own recipes have. */
const PARAMETERS = [
  ...new Set([...RECIPES.flatMap(({ parameters }) => Object.keys(parameters)), ...CUSTOM_FIELDS]),
];

/** The flags that name a recipe. */
export const RECIPE_FLAGS: readonly Flag[] = [
  {
    name: "recipe",
    value: "NAME|FILE.json|FOLDER|ORG/MODEL",
    default: "ixc2-4khd",
    examples: RECIPES.map(({ name }) => name),
    text:
      "a recipe's name or JSON file, or a model: its preprocessor_config.json, folder, or name on the hub",
  },
  {
    name: "set",
    value: "NAME=VALUE",
    repeatable: true,
    names: PARAMETERS,
    examples: PARAMETERS.map((name) => `${name}=`),
    text: "set a parameter of the recipe, such as hdNum=25; vitrail recipes lists all",
  },
  { name: "revision", value: "REV", text: "branch, tag or commit of a model on the hub (default main)" },
  { name: "for-clips", text: "take a model's config for clips, not the one for pictures" },
];

/** A recipe, and the model's files that it was read from; absent where it is of no model's. */
export interface ChosenRecipe {
  readonly recipe: Recipe;
  readonly source?: ModelSource;
  /** The model's files; absent where the recipe is of no model's. */
  readonly files?: ModelFiles;
}

/**
 * Returns the recipe that the flags name: one of Vitrail's, that of a JSON file, of a folder with a model's
 * configs, or of a model on the hub. A name that is a folder's, too, is the folder.
 * @param clips true takes a model's config for clips, not the one for pictures
 * @throws {VitrailError} `recipe` for a recipe that does not exist or makes no sense; `io` for a file that
 * cannot be read; `usage` for a `--set` that is no `NAME=VALUE` or sets one name twice, and for a flag that
 * has no meaning for this recipe.
 */
export async function chosenRecipe(args: Arguments, clips = args.on("for-clips")): Promise<ChosenRecipe> {
  const name = args.text("recipe")!, revision = args.text("revision");
  const { texts, values: changes } = settingsOf(args.list("set"), "--set"), kind = await kindOf(name);
  if (revision !== undefined && kind !== "hub") {
    throw new VitrailError("usage", `--revision is for a model on the hub, and --recipe ${name} is none`);
  }
  if (kind === "hub") return await recipeOnHub(name, { revision, clips, changes });
  if (kind === "folder") {
    const files = new ModelFolder(name), { recipe, read } = await readModel(files, { clips, changes });
    return { recipe, source: { files: read }, files };
  }
  if (args.on("for-clips")) {
    throw new VitrailError("usage", `--for-clips is for a model, and --recipe ${name} is none`);
  }
  if (kind === "file") {
    const file = await readRecipe(name), model = lacksClass(file) ? await readConfigBeside(name) : undefined;
    return { recipe: recipeOfFile(file, name, changes, model) };
  }
  if (FAMILIES.some((family) => [family.name, ...family.types].includes(name))) {
    throw new VitrailError(
      "recipe",
      `${name} is what a model's config names: give --recipe its preprocessor_config.json, ` +
        `the folder that holds it, or the model's name on the hub`,
    );
  }
  return { recipe: recipe(name, name === "custom" ? changes : texts) };
}

/** Returns the recipe that the flags name, as {@linkcode chosenRecipe} does. */
export async function recipeOf(args: Arguments): Promise<Recipe> {
  return (await chosenRecipe(args)).recipe;
}

/** Tells how the value of `--recipe` is meant. A folder with the name of one of Vitrail's recipes is none. */
async function kindOf(name: string): Promise<"name" | "file" | "folder" | "hub"> {
  if (RECIPES.some((known) => known.name === name)) return "name";
  const stat = await Deno.stat(name).catch(() => undefined);
  if (stat?.isDirectory) return "folder";
  if (stat === undefined && isHubId(name) && !/\.json$/i.test(name)) return "hub";
  return /\.json$|[/\\]/i.test(name) ? "file" : "name";
}

/** Returns the recipe of a model on the hub. */
async function recipeOnHub(name: string, options: HubOptions): Promise<ChosenRecipe> {
  try {
    const files = await HubFiles.open(hubRepo(name, options.revision), hubSettings(options));
    const { recipe, read } = await readModel(files, options);
    return { recipe, source: { id: name, revision: await files.commit(), files: read }, files };
  } catch (error) {
    if (!(error instanceof VitrailError) || error.code !== "io") throw error;
    throw new VitrailError("io", `${error.message} (nor is there a folder ${name} here)`, { cause: error });
  }
}
