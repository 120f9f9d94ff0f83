import { VitrailError } from "../../errors.ts";
import { type ChatTemplate, chatTemplate, type ChatTemplateOptions } from "../../text/chat_template.ts";
import type { Turn } from "../data/sample.ts";
import { PLACEHOLDER } from "./placeholders.ts";
import { type Role, roleOf, type Template, type TextSpan } from "./template.ts";

/** Options for a chat template. */
export interface JinjaOptions extends ChatTemplateOptions {
  /**
   * The text that the template writes for a picture, such as `<|image_pad|>`. The template is then given
   * contents as lists of `{ type: "text", text }` and `{ type: "image" }`. Absent: it is given them as texts,
   * with {@linkcode PLACEHOLDER} for each picture.
   */
  readonly picture?: string;
  /** True ends the text with the head of the answer that is asked for; absent: false. */
  readonly generationPrompt?: boolean;
}

/** The names of roles in chat templates. */
const ROLES: Readonly<Record<Role, string>> = { human: "user", assistant: "assistant", system: "system" };

/**
 * Returns a model's own chat template, which renders as HuggingFace's `apply_chat_template` does.
 *
 * An answer is found by two more renderings. It begins where the turns before it end, with the head of an
 * answer after them. It ends at the last visible character of the turns up to and with it: the mark that ends
 * its turn.
 *
 *     turns before it, and a head   <user>a</user><assistant>
 *     turns up to and with it       <user>a</user><assistant>b</assistant>
 *     the answer                                             b</assistant>
 *
 * @param source Jinja, as in `chat_template` of a `tokenizer_config.json`
 * @throws {VitrailError} `usage` where the source is not Jinja. Rendering throws `dataset` where the template
 * refuses the conversation or fails at it. It throws `usage` where the template writes the beginning of a
 * conversation otherwise than in the whole.
 */
export function jinjaTemplate(source: string, options: JinjaOptions = {}): Template & ChatTemplate {
  const { picture, generationPrompt = false } = options;
  const { name, write } = chatTemplate(source, options);
  const render = (turns: readonly Turn[]) => {
    const messages = turns.map((turn) => messageOfTurn(turn, picture !== undefined));
    const text = write(messages, generationPrompt);
    const answers = turns.flatMap((turn, index): TextSpan[] => {
      if (roleOf(turn) !== "assistant") return [];
      const before = write(messages.slice(0, index), true);
      const through = write(messages.slice(0, index + 1), false).trimEnd();
      if (text.startsWith(before) && text.startsWith(through)) return [[before.length, through.length]];
      throw rewritten(name, index + 1, turns.length);
    });
    return { text, answers };
  };
  const placeholder = picture ?? PLACEHOLDER;
  return { name, placeholder, lonePicture: "turn", special: "never", render, write };
}

function rewritten(name: string, count: number, turns: number): VitrailError {
  return new VitrailError(
    "usage",
    `the template ${name} writes the first ${count} of ${turns} turns otherwise than in the whole ` +
      `conversation, so that the answer cannot be found in the text`,
  );
}

/** Returns a turn as chat templates take it, its content a list where `listed`. */
function messageOfTurn(turn: Turn, listed: boolean) {
  return { role: ROLES[roleOf(turn)], content: listed ? contentsOf(turn.value) : turn.value };
}

/** Returns a value as a list of texts and pictures. */
function contentsOf(value: string) {
  return value.split(PLACEHOLDER).flatMap((text, index) => [
    ...(index > 0 ? [{ type: "image" }] : []),
    ...(text === "" ? [] : [{ type: "text", text }]),
  ]);
}
