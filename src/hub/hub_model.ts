import { recipeFromConfig } from "../recipes/config.ts";
import { modelConfig, type ModelConfigOptions } from "../recipes/model_config.ts";
import type { Recipe } from "../recipes/recipe.ts";
import { HubFiles } from "./hub_files.ts";
import { hubRepo } from "./hub_repo.ts";
import { type HubOptions, hubSettings, requireHubOptions } from "./hub_settings.ts";
import { type ModelTexts, modelTexts } from "./model_texts.ts";
import { configsIn, type ModelFileName, type ModelFiles, textIn } from "./model_files.ts";

/** The files that a recipe was read from, and the commit that they are of. */
export interface ModelSource {
  /** The model's name on the hub; absent for a folder. */
  readonly id?: string;
  /** The commit, 40 digits; absent for a folder. */
  readonly revision?: string;
  /** The files, and where each was read. */
  readonly files: readonly SourceFile[];
}

/** A file that was read. */
export interface SourceFile {
  /** Its name. */
  readonly name: ModelFileName;
  /** The kind of place that it was read in. */
  readonly from: "folder" | "cache" | "hub";
  /** Its path, or its address on the hub where it could not be put into the cache. */
  readonly place: string;
}

/** A model that was found by its name. */
export interface HubModel {
  /** Its name: `Qwen/Qwen3-VL-8B-Instruct`. */
  readonly id: string;
  /** The commit that all its files are of, 40 digits. */
  readonly revision: string;
  /** The recipe that its configs give. */
  readonly recipe: Recipe;
  /** The configs that the recipe was read from. */
  readonly files: readonly SourceFile[];
  /**
   * Returns the recipe of its clips.
   * @param changes fields to take in place of the config's
   * @throws {VitrailError} as `hubModel` does.
   */
  clips(changes?: Readonly<Record<string, unknown>>): Promise<Recipe>;
  /**
   * Returns its tokenizer, its chat template and its `config.json`, as `planConversation` takes them. They
   * are read when they are first asked for.
   * @throws {VitrailError} `io` where a file cannot be read, and where there is no tokenizer or no template;
   * `limit` for one that is too large; `usage` and `recipe` for one that holds something else.
   */
  texts(): Promise<ModelTexts>;
  /**
   * Returns the text of one of its files; undefined where the model has none of that name.
   * @throws {VitrailError} `io` where it cannot be read; `limit` where it is too large.
   */
  file(name: ModelFileName): Promise<string | undefined>;
}

/**
 * Finds a model by its name and returns its recipe, and its other files when they are asked for. It looks in
 * the cache that Python's hub client keeps, and asks the hub only where that lacks a file. What it downloads
 * is put there, so that Python finds it, too. No code of a model is run.
 *
 * It needs `--allow-read` and `--allow-env` for the cache, `--allow-net` for the hub and `--allow-write` to
 * keep what was downloaded.
 *
 * ```ts ignore
 * const model = await hubModel("Qwen/Qwen3-VL-8B-Instruct", { revision: "main" });
 * const { input_ids, position_ids } = await planConversation(model.recipe, {
 *   messages,
 *   ...await model.texts(),
 * });
 * ```
 *
 * @param id the model's name: `Qwen/Qwen3-VL-8B-Instruct`
 * @throws {VitrailError} `io` where a file cannot be read: the message says where it was looked for, and why
 * the hub did not give it. `limit` for a file that is too large. `recipe` for a config that gives no recipe,
 * and for a model that prepares pictures by code of its own. `usage` for a name or an option that is none.
 */
export async function hubModel(id: string, options: HubOptions = {}): Promise<HubModel> {
  requireHubOptions(options);
  const files = await HubFiles.open(hubRepo(id, options.revision), hubSettings(options));
  const { recipe, read } = await readModel(files, options);
  return {
    id,
    revision: await files.commit(),
    recipe,
    files: read,
    clips: async (changes) => (await readModel(files, { changes, clips: true })).recipe,
    texts: () => modelTexts(files),
    async file(name) {
      const file = await files.read(name);
      return file && textIn(file);
    },
  };
}

/**
 * Finds a model by its name and returns its recipe, as {@linkcode hubModel} does.
 * @throws {VitrailError} as `hubModel` does.
 */
export async function recipeFromHub(id: string, options: HubOptions = {}): Promise<Recipe> {
  return (await hubModel(id, options)).recipe;
}

/**
 * Returns the recipe of a model's files, and the files that it was read from.
 * @throws {VitrailError} `io` where there is no config; `recipe` for one that gives no recipe.
 */
export async function readModel(
  files: ModelFiles,
  options: ModelConfigOptions = {},
): Promise<{ recipe: Recipe; read: readonly SourceFile[] }> {
  const found = await files.configs(options.clips ?? false);
  const { config, names } = modelConfig(configsIn(found), files.what, options);
  const read = names.map((name) => found.find((file) => file.name === name)!);
  return {
    recipe: recipeFromConfig(config, options.changes),
    read: read.map(({ name, from, place }) => ({ name, from, place })),
  };
}
