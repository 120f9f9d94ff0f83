import { VitrailError } from "../../errors.ts";
import type { Material } from "../../sft/set/planned_sample.ts";
import type { SetRecipes } from "../../sft/set/sample_plan.ts";
import { readChatTemplate } from "../../sft/text/chat_template_file.ts";
import { conv2text } from "../../sft/text/conv2text.ts";
import { BOX_STYLES } from "../../sft/boxes/box_style.ts";
import { boxedTexts } from "../../sft/boxes/boxed_texts.ts";
import { type Learn, learnNamed } from "../../sft/text/learnt_turns.ts";
import { templateTexts } from "../../sft/text/sample_text.ts";
import { plainText, type Template } from "../../sft/text/template.ts";
import { type LengthLimit, limitedTexts, TOO_LONG } from "../../sft/text/too_long.ts";
import { readTokenizer } from "../../text/read_tokenizer.ts";
import type { Arguments, Flag } from "./arguments.ts";
import { modelTextsOf } from "./model_text_flags.ts";
import type { ChosenRecipe } from "./recipe_flags.ts";
import { checksumsOf, FIXED_DATE, type WholeTexts } from "./set_texts.ts";

/** The choice of `--boxes` that leaves the marks of boxes as they are. */
const KEPT = "kept";

/** The flags that say how conversations become texts, and texts tokens. */
export const TEXT_FLAGS: readonly Flag[] = [
  {
    name: "template",
    value: "NAME|FILE",
    text: "template of the texts: conv2text, plain, or a model's tokenizer_config.json or Jinja file " +
      "(default the one of the model --recipe; conv2text for recipes of our own)",
  },
  {
    name: "placeholder",
    value: "TEXT",
    text: "what a model's template writes for a picture of a recipe of our own, such as <|image_pad|>",
  },
  {
    name: "tokenizer",
    value: "FILE",
    text:
      "a tokenizer.json, by which shards hold token ids and labels (default the one of the model --recipe)",
  },
  {
    name: "learn",
    value: "ROLES",
    default: "assistant",
    text:
      "turns whose tokens are labels: assistant, user, system, tool with commas between; last, the last " +
      "answer alone; or all, the heads of turns, too; never turns that the data set excepts",
  },
  {
    name: "boxes",
    value: "STYLE",
    choices: [...BOX_STYLES.map(({ name }) => name), KEPT],
    text: "texts of the boxes and names that <bbox> and <ref-object> stand for (default the model's own); " +
      "kept leaves the marks",
  },
  { name: "max-length", value: "N", text: "most tokens of a sample (default no limit)" },
  {
    name: "too-long",
    value: "HOW",
    choices: TOO_LONG,
    default: "refuse",
    text: "refuse takes a longer sample for a bad one; skip leaves it out and lists it; cut drops its last " +
      "turns, never a picture",
  },
  {
    name: "picture-id",
    value: "N",
    text: "token id at the places of pictures of a recipe of our own (default the tokenizer's padding, or 0)",
  },
];

/** The texts of a set. */
export interface TextSettings extends Pick<Material, "textOf" | "maxLength">, Pick<WholeTexts, "lacking"> {
  /** True where texts become tokens. */
  readonly tokens: boolean;
  /** All that decides the texts and the tokens: names, checksums and numbers. */
  readonly decisive: Readonly<Record<string, unknown>>;
}

/**
 * Reads the template and the tokenizer that the flags name, or those of the model.
 * @param recipes the recipes of pictures and of clips
 * @throws {VitrailError} `usage` for flags that do not go together, or a file that holds something else; `io`
 * for a file that cannot be read.
 */
export async function textSettingsOf(
  args: Arguments,
  chosen: ChosenRecipe,
  recipes: SetRecipes,
): Promise<TextSettings> {
  const learn = learnNamed(args.text("learn")!, "--learn");
  const whole = chosen.recipe.kind === "tiles"
    ? await ownTextsOf(args, learn)
    : await modelTextsOf(args, chosen, recipes, learn);
  const limited = limitedBy(args, whole, learn);
  const named = BOX_STYLES.find(({ name }) => name === args.text("boxes")), style = named ?? whole.boxes;
  if (args.text("boxes") === KEPT || style === KEPT) return limited;
  return {
    ...limited,
    textOf: boxedTexts(limited.textOf, style, chosen.recipe.name),
    decisive: { ...limited.decisive, boxes: style?.name ?? null },
  };
}

/**
 * Returns texts of no more tokens than the flags allow.
 * @throws {VitrailError} `usage` for flags of tokens where there are none.
 */
function limitedBy(args: Arguments, whole: WholeTexts, learn: Learn): TextSettings {
  const tooLong = args.text("too-long") as LengthLimit["tooLong"], pack = wholeNumber(args, "pack", 1);
  if (!whole.tokens) {
    const vain = ["picture-id", "max-length"].find((flag) => args.text(flag) !== undefined);
    if (vain === undefined) return whole;
    throw new VitrailError("usage", `--${vain} is for token ids; give a --tokenizer, too`);
  }
  const decisive = { ...whole.decisive, learn };
  // A sample that is longer than a pack is skipped or cut as one that is longer than --max-length.
  const lengths = [wholeNumber(args, "max-length", 1), tooLong === "refuse" ? undefined : pack];
  const maxLength = Math.min(...lengths.map((length) => length ?? Infinity));
  if (maxLength === Infinity) return { ...whole, decisive };
  const limit: LengthLimit = { maxLength, tooLong, learn };
  const textOf = limitedTexts(whole.textOf, limit);
  return { textOf, tokens: true, maxLength, decisive: { ...decisive, ...limit } };
}

/** Returns the texts of a recipe of our own: InternLM-XComposer's, or those of a template with a mark. */
async function ownTextsOf(args: Arguments, learn: Learn): Promise<WholeTexts> {
  const name = args.text("template") ?? conv2text.name, path = args.text("tokenizer");
  const picture = args.text("placeholder"), known = [conv2text, plainText].find((own) => own.name === name);
  if (known && picture !== undefined) {
    throw new VitrailError(
      "usage",
      `--placeholder is for chat templates; ${name} writes ${known.placeholder}`,
    );
  }
  const template: Template = known ?? await readChatTemplate(name, { picture, ...FIXED_DATE });
  const decisive = {
    template: known
      ? name
      : { name: template.name, ...await checksumsOf(name), placeholder: template.placeholder },
  };
  if (path === undefined) return { textOf: templateTexts(template), tokens: false, decisive };
  const { tokenizer, padId = 0 } = await readTokenizer(path);
  const pictureId = wholeNumber(args, "picture-id", 0) ?? padId;
  return {
    textOf: templateTexts(template, { tokenizer, pictureId, learn }),
    tokens: true,
    decisive: { ...decisive, tokenizer: await checksumsOf(path), pictureId },
  };
}

/**
 * Returns a flag's whole number; undefined where it was not given.
 * @throws {VitrailError} `usage` for anything else, and for one below `least`.
 */
export function wholeNumber(args: Arguments, name: string, least: number): number | undefined {
  const text = args.text(name);
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
  throw new VitrailError("usage", `--${name} is a whole number from ${least}, found "${text}"`);
}
