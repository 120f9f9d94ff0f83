import { dirname, join } from "node:path";
import { sha256Of } from "../../formats/sha256.ts";
import type { BoxStyle } from "../../sft/boxes/box_style.ts";
import type { TextOf } from "../../sft/text/sample_text.ts";
import type { ChatTemplateOptions } from "../../text/chat_template.ts";

/** The maker of whole texts, before any is too long. */
export interface WholeTexts {
  readonly textOf: TextOf;
  /** True where it makes tokens, too. */
  readonly tokens: boolean;
  /** Says what texts lack for want of a file of the model's; absent: nothing, or what was asked for. */
  readonly lacking?: string;
  /** The model's way of writing boxes, or `kept` where texts are no model's; absent: it is not known. */
  readonly boxes?: BoxStyle | "kept";
  /** All that decides them. */
  readonly decisive: Readonly<Record<string, unknown>>;
}

/**
 * The date that templates get in place of today's, so that every day gives the same bytes. It is Llama 3's
 * own default, 26 July 2024, at midnight. The names are the directives of `strftime`.
 */
const DATE_PARTS: Readonly<Record<string, string>> = {
  ...{ Y: "2024", y: "24", m: "07", B: "July", b: "Jul", d: "26", j: "208", A: "Friday", a: "Fri" },
  ...{ H: "00", I: "12", M: "00", S: "00", p: "AM", "%": "%" },
};

/** Options of chat templates whose date is always the same. */
export const FIXED_DATE: Pick<ChatTemplateOptions, "variables" | "strftimeNow"> = {
  variables: { date_string: dateIn("%d %b %Y") },
  strftimeNow: dateIn,
};

/** Returns the fixed date in a format of `strftime`; a directive that is not known stays as it is. */
function dateIn(format: string): string {
  return format.replace(/%(.)/g, (directive, name) => DATE_PARTS[name] ?? directive);
}

/**
 * Returns the checksums of a tokenizer's or a template's file and of the `tokenizer_config.json` beside it.
 */
export async function checksumsOf(path: string): Promise<{ sha256: string; config: string | null }> {
  const config = join(dirname(path), "tokenizer_config.json");
  const beside = await Deno.stat(config).then(() => true, () => false);
  return { sha256: await sha256Of(path), config: beside ? await sha256Of(config) : null };
}
