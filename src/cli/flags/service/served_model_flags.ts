import { VitrailError } from "../../../errors.ts";
import { type ModelSource, readModel } from "../../../hub/hub_model.ts";
import type { ModelFiles } from "../../../hub/model_files.ts";
import { modelJson, modelTemplate, type ModelTexts, modelTokenizer } from "../../../hub/model_texts.ts";
import { recipeFromConfig } from "../../../recipes/config.ts";
import { type Recipe, takesClips } from "../../../recipes/recipe.ts";
import type { ServedModel } from "../../../serve/served_model.ts";
import { readChatTemplate } from "../../../sft/text/chat_template_file.ts";
import { jsonObjectAt } from "../../../text/json_object.ts";
import { readTokenizer } from "../../../text/read_tokenizer.ts";
import type { Arguments } from "../arguments.ts";
import { CONVERSATION_FLAGS } from "../conversation_flags.ts";
import { chosenRecipe } from "../recipe_flags.ts";

/** The flags that make texts, and name a recipe of clips. */
export const MODEL_FLAGS = CONVERSATION_FLAGS.filter(({ name }) =>
  ["tokenizer", "template", "clips"].includes(name)
);

/** A model to serve, and the files that its recipe was read from; absent where it is of no model's. */
export interface ChosenModel {
  readonly model: ServedModel;
  readonly source?: ModelSource;
}

/**
 * Reads the model that the flags name: its recipes, and where there are a tokenizer and a template, those.
 * @throws {VitrailError} `usage` for a tokenizer without a template, or the other way round, where one of
 * them is asked for; what `chosenRecipe` and reading files throw.
 */
export async function chosenModel(args: Arguments): Promise<ChosenModel> {
  const { recipe, source, files } = await chosenRecipe(args);
  const clips = takesClips(recipe) ? undefined : await clipsOf(args, files);
  const texts = await textsOf(args, files);
  return { model: { recipe, ...(clips && { clips }), ...(texts && { texts }) }, source };
}

async function textsOf(args: Arguments, files: ModelFiles | undefined): Promise<ModelTexts | undefined> {
  const [path, from] = ["tokenizer", "template"].map((name) => args.text(name));
  const [tokenizer, template, model] = await Promise.all([
    path === undefined ? files && modelTokenizer(files) : readTokenizer(path),
    from === undefined ? files && modelTemplate(files) : readChatTemplate(from),
    files && modelJson(files, "config.json"),
  ]);
  if (tokenizer && template) {
    return { tokenizer, template, ...(typeof model?.model_type === "string" && { model }) };
  }
  if (path === undefined && from === undefined) return undefined;
  const [given, lacking] = path === undefined ? ["template", "tokenizer"] : ["tokenizer", "template"];
  throw new VitrailError("usage", `--${given} makes no texts without a --${lacking} FILE`);
}

/** Returns the recipe of clips that the flag names, or the model's; undefined where it has none. */
async function clipsOf(args: Arguments, files: ModelFiles | undefined): Promise<Recipe | undefined> {
  const path = args.text("clips");
  if (path !== undefined) return recipeFromConfig(await jsonObjectAt(path, "recipe of clips"));
  if (files === undefined) return undefined;
  try {
    const { recipe } = await readModel(files, { clips: true });
    return takesClips(recipe) ? recipe : undefined;
  } catch (error) {
    if (error instanceof VitrailError && ["recipe", "io"].includes(error.code)) return undefined;
    throw error;
  }
}
