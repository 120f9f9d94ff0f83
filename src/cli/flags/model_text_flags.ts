import { VitrailError } from "../../errors.ts";
import type { ModelFile, ModelFiles } from "../../hub/model_files.ts";
import { modelJson, modelTemplate, modelTokenizer } from "../../hub/model_texts.ts";
import { boxStyleOf } from "../../sft/boxes/box_style.ts";
import { readChatTemplate } from "../../sft/text/chat_template_file.ts";
import { conv2text } from "../../sft/text/conv2text.ts";
import type { SetRecipes } from "../../sft/set/sample_plan.ts";
import type { Learn } from "../../sft/text/learnt_turns.ts";
import { modelTexts } from "../../sft/text/model_text.ts";
import { templateTexts } from "../../sft/text/sample_text.ts";
import { plainText } from "../../sft/text/template.ts";
import { ropeOfModel, ropeOfRecipes } from "../../text/positions/rope_rule.ts";
import { readTokenizer } from "../../text/read_tokenizer.ts";
import type { Arguments } from "./arguments.ts";
import type { ChosenRecipe } from "./recipe_flags.ts";
import { checksumsOf, FIXED_DATE, type WholeTexts } from "./set_texts.ts";
import { sha256OfBytes } from "../../formats/sha256.ts";

/**
 * Returns the texts of a processor of transformers: by the model's own template and tokenizer, or by those
 * that flags name. Without a template texts are plain, and without a tokenizer they have no tokens.
 * @throws {VitrailError} `usage` for flags of recipes of our own, and for tokens without a template; `io` and
 * `usage` for files that cannot be read or hold something else.
 */
export async function modelTextsOf(
  args: Arguments,
  { recipe, files }: ChosenRecipe,
  { pictures, clips }: SetRecipes,
  learn: Learn,
): Promise<WholeTexts> {
  for (const flag of ["placeholder", "picture-id"]) {
    if (args.text(flag) === undefined) continue;
    throw new VitrailError(
      "usage",
      `--${flag} is for recipes of our own; ${recipe.name} says itself what stands for a picture`,
    );
  }
  const read = files && reading(files);
  const template = await templateOf(args, read?.files), path = args.text("tokenizer");
  if (template === undefined) {
    if (path === undefined) return plain(args, files);
    throw new VitrailError("usage", `tokens want a --template FILE, since ${missing(args, files)}`);
  }
  const tokenizer = path === undefined ? read && await modelTokenizer(read.files) : await readTokenizer(path);
  const model = read && await modelJson(read.files, "config.json");
  const rope = typeof model?.model_type === "string"
    ? ropeOfModel(model)
    : ropeOfRecipes([clips, pictures].filter((own) => own !== undefined));
  const boxes = boxStyleOf({
    model: model?.model_type,
    processor: (pictures ?? recipe).parameters.processor_class,
  });
  return {
    textOf: modelTexts({
      recipe: recipe.name,
      template,
      ...(tokenizer && { tokenizer: tokenizer.tokenizer }),
      ...(rope && { rope }),
      learn,
    }),
    tokens: tokenizer !== undefined,
    ...(!tokenizer && {
      lacking: files
        ? `texts have no tokens, since ${files.what} holds no tokenizer.json`
        : "texts have no tokens; give a --tokenizer",
    }),
    ...(boxes && { boxes }),
    decisive: {
      template: args.text("template") === undefined
        ? "the model's"
        : { name: template.name, ...await checksumsOf(args.text("template")!) },
      ...(path !== undefined && { tokenizer: await checksumsOf(path) }),
      ...(tokenizer && { rope: rope ?? null }),
      ...(read && { model: Object.fromEntries(read.checksums) }),
    },
  };
}

/** Returns texts that are no model's; there is no tokenizer for them. */
function plain(args: Arguments, files: ModelFiles | undefined): WholeTexts {
  const asked = args.text("template"), template = asked === conv2text.name ? conv2text : plainText;
  const lacking = `texts are the turns' own words, without tokens, since ${missing(args, files)}`;
  const decisive = { template: template.name };
  return {
    ...{ textOf: templateTexts(template), tokens: false, boxes: "kept", decisive },
    ...(asked === undefined && { lacking }),
  };
}

/** Returns the chat template that the flag names, or the model's; undefined for a text that is no model's. */
async function templateOf(args: Arguments, files: ModelFiles | undefined) {
  const name = args.text("template");
  if (name === undefined) return files && await modelTemplate(files, FIXED_DATE);
  return [conv2text.name, plainText.name].includes(name)
    ? undefined
    : await readChatTemplate(name, FIXED_DATE);
}

function missing(args: Arguments, files: ModelFiles | undefined): string {
  const name = args.text("template");
  if (name !== undefined) return `${name} writes no marks of this recipe's pictures`;
  return files === undefined
    ? `--recipe ${args.text("recipe")} is no model`
    : `${files.what} holds no chat template`;
}

/** Returns the files of a model, and the checksums of those of its texts that are read. */
function reading(files: ModelFiles): { files: ModelFiles; checksums: Map<string, string> } {
  const checksums = new Map<string, string>();
  const read = async (name: ModelFile["name"]) => {
    const file = await files.read(name);
    if (file) checksums.set(name, sha256OfBytes(file.bytes));
    return file;
  };
  return { files: { what: files.what, configs: (clips) => files.configs(clips), read }, checksums };
}
