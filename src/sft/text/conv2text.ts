import { PLACEHOLDER } from "./placeholders.ts";
import type { Turn } from "../data/sample.ts";
import { type Rendered, type Role, roleOf, type Template, type TextSpan } from "./template.ts";

const END = "[UNUSED_TOKEN_145]\n";
const EOS = "</s>";

const HEADS: Readonly<Record<Role, string>> = {
  human: "[UNUSED_TOKEN_146]user\n",
  assistant: "[UNUSED_TOKEN_146]assistant\n",
  system: "[UNUSED_TOKEN_146]system\n",
};

/**
 * What InternLM-XComposer-2.5 is trained on. Its `marks` are those of InternLM2's tokenizer, where
 * `[UNUSED_TOKEN_145]\n[UNUSED_TOKEN_146]assistant\n` is six tokens; for another tokenizer, `{ ...conv2text, marks:
 * undefined }` finds the answers in the text. Sources: InternLM-XComposer `finetune/data_mix.py`, `conv2text`;
 * `modeling_internlm_xcomposer2.py`, `interleav_wrap` and `mask_human_targets`.
 */
export const conv2text: Template = {
  name: "conv2text",
  placeholder: PLACEHOLDER,
  lonePicture: "text",
  special: "first",
  marks: { end: 92542, eos: 2, header: 6 },
  render(turns) {
    const rendered = renderTurns(turns, stripped);
    const text = rendered.text + EOS;
    const last = turns.length > 0 && roleOf(turns.at(-1)!) === "assistant";
    const answers = rendered.answers.map(([from, to], index, all): TextSpan =>
      last && index === all.length - 1 ? [from, text.length] : [from, to]
    );
    return { text, answers };
  },
};

/**
 * What InternLM-XComposer-2.5 is asked: the conversation so far, its last turn a human one, and the head of the answer.
 * Nothing is labelled. Source: `modeling_internlm_xcomposer2.py`, `interleav_wrap_chat`.
 */
export const conv2prompt: Template = {
  name: "conv2prompt",
  placeholder: PLACEHOLDER,
  lonePicture: "text",
  special: "always",
  render(turns) {
    return { text: renderTurns(turns, (value) => value).text + HEADS.assistant, answers: [] };
  },
};

/** Turns with their heads and ends; an answer is its value and the token that ends it, not the newline after. */
function renderTurns(turns: readonly Turn[], valueOf: (value: string) => string): Rendered {
  let text = "";
  const answers: TextSpan[] = [];
  for (const turn of turns) {
    const role = roleOf(turn);
    text += HEADS[role];
    const from = text.length;
    text += valueOf(turn.value) + END;
    if (role === "assistant") answers.push([from, text.length - 1]);
  }
  return { text, answers };
}

/** What Python's `str.strip` takes for white space; JavaScript's `trim` differs in U+FEFF, U+0085 and U+001C to U+001F. */
const SPACE = String.raw`[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const AROUND = new RegExp(`^${SPACE}+|${SPACE}+$`, "g");

/** As Python's `value.strip()`. */
function stripped(value: string): string {
  return value.replaceAll(AROUND, "");
}
