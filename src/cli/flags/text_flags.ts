import { dirname, join } from "node:path";
import { VitrailError } from "../../errors.ts";
import { sha256Of } from "../../formats/sha256.ts";
import type { Material } from "../../sft/set/planned_sample.ts";
import { readChatTemplate } from "../../sft/text/chat_template_file.ts";
import { conv2text } from "../../sft/text/conv2text.ts";
import { templateTexts } from "../../sft/text/sample_text.ts";
import { readTokenizer } from "../../text/tokenizer_file.ts";
import type { Arguments, Flag } from "./arguments.ts";

/** The flags that say how conversations become texts, and texts tokens. */
export const TEXT_FLAGS: readonly Flag[] = [
  {
    name: "template",
    value: "NAME|FILE",
    default: "conv2text",
    text: "template of the texts: conv2text, or a model's tokenizer_config.json or Jinja file",
  },
  {
    name: "placeholder",
    value: "TEXT",
    text: "what a model's template writes for a picture, such as <|image_pad|>",
  },
  {
    name: "tokenizer",
    value: "FILE",
    text: "a model's tokenizer.json; the shards then also hold token ids and labels",
  },
  { name: "max-length", value: "N", text: "most tokens of a sample, which is cut there (default 16384)" },
  {
    name: "picture-id",
    value: "N",
    text: "token id at the places of pictures' tokens (default the tokenizer's padding, or 0)",
  },
];

/**
 * The date that templates get in place of today's, so that every day gives the same bytes. It is Llama 3's
 * own default, 26 July 2024, at midnight. The names are the directives of `strftime`.
 */
const DATE_PARTS: Readonly<Record<string, string>> = {
  ...{ Y: "2024", y: "24", m: "07", B: "July", b: "Jul", d: "26", j: "208", A: "Friday", a: "Fri" },
  ...{ H: "00", I: "12", M: "00", S: "00", p: "AM", "%": "%" },
};

/** Returns the fixed date in a format of `strftime`; a directive that is not known stays as it is. */
function dateIn(format: string): string {
  return format.replace(/%(.)/g, (directive, name) => DATE_PARTS[name] ?? directive);
}

/** The texts of a set. */
export interface TextSettings extends Pick<Material, "textOf" | "maxLength"> {
  /** All that decides the texts and the tokens: names, checksums and numbers. */
  readonly decisive: Readonly<Record<string, unknown>>;
}

/**
 * Reads the template and the tokenizer that the flags name.
 * @throws {VitrailError} `usage` for flags that do not go together, or a file that holds something else; `io`
 * for a file that cannot be read.
 */
export async function textSettingsOf(args: Arguments): Promise<TextSettings> {
  const name = args.text("template")!, picture = args.text("placeholder"), path = args.text("tokenizer");
  const own = name === conv2text.name;
  if (own && picture !== undefined) {
    throw new VitrailError(
      "usage",
      `--placeholder is for chat templates; conv2text writes ${conv2text.placeholder}`,
    );
  }
  const template = own ? conv2text : await readChatTemplate(name, {
    picture,
    variables: { date_string: dateIn("%d %b %Y") },
    strftimeNow: dateIn,
  });
  const decisive: Record<string, unknown> = {
    template: own
      ? name
      : { name: template.name, ...await checksumsOf(name), placeholder: template.placeholder },
  };
  if (path === undefined) {
    const vain = ["picture-id", "max-length"].find((flag) => args.text(flag) !== undefined);
    if (vain === undefined) return { textOf: templateTexts(template), decisive };
    throw new VitrailError("usage", `--${vain} is for token ids; give a --tokenizer, too`);
  }
  const { tokenizer, padId = 0 } = await readTokenizer(path);
  const maxLength = wholeNumber(args, "max-length", 1) ?? 16384;
  const pictureId = wholeNumber(args, "picture-id", 0) ?? padId;
  Object.assign(decisive, { tokenizer: await checksumsOf(path), maxLength, pictureId });
  return { textOf: templateTexts(template, { tokenizer, maxLength, pictureId }), maxLength, decisive };
}

/**
 * Returns the checksums of a tokenizer's or a template's file and of the `tokenizer_config.json` beside it.
 */
async function checksumsOf(path: string): Promise<{ sha256: string; config: string | null }> {
  const config = join(dirname(path), "tokenizer_config.json");
  const beside = await Deno.stat(config).then(() => true, () => false);
  return { sha256: await sha256Of(path), config: beside ? await sha256Of(config) : null };
}

function wholeNumber(args: Arguments, name: string, least: number): number | undefined {
  const text = args.text(name);
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
  throw new VitrailError("usage", `--${name} is a whole number from ${least}, found "${text}"`);
}
