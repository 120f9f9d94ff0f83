import { requireGiven } from "../../given/given_value.ts";
import { PLACEHOLDER } from "./placeholders.ts";
import type { Turn } from "../data/sample.ts";
import {
  assistantTurns,
  type Rendered,
  requireTurns,
  type Role,
  roleOf,
  type Template,
  type TextSpan,
} from "./template.ts";

/** The end of a turn. */
const END = "[UNUSED_TOKEN_145]\n";

/** The end of the text. */
const EOS = "</s>";

/** The head of a turn, by its speaker. */
const HEADS: Readonly<Record<Role, string>> = {
  human: "[UNUSED_TOKEN_146]user\n",
  assistant: "[UNUSED_TOKEN_146]assistant\n",
  system: "[UNUSED_TOKEN_146]system\n",
  tool: "[UNUSED_TOKEN_146]tool\n",
};

/**
 * The template that InternLM-XComposer-2.5 is trained with.
 *
 * Its `marks` are those of InternLM2's tokenizer, where `[UNUSED_TOKEN_145]\n[UNUSED_TOKEN_146]assistant\n`
 * is six tokens. For another tokenizer, `{ ...conv2text, marks: undefined }` finds the answers in the text.
 * Sources: InternLM-XComposer `finetune/data_mix.py`, `conv2text`; `modeling_internlm_xcomposer2.py`,
 * `interleav_wrap` and `mask_human_targets`.
 */
export const conv2text: Template = {
  name: "conv2text",
  placeholder: PLACEHOLDER,
  lonePicture: "text",
  special: "first",
  marks: { end: 92542, eos: 2, header: 6 },
  render(turns, learnt) {
    const rendered = renderTurns(turns, stripped, learnt);
    const text = rendered.text + EOS;
    const last = (learnt ?? assistantTurns(turns)).at(-1) === true;
    const answers = rendered.answers.map(([from, to], index, all): TextSpan =>
      last && index === all.length - 1 ? [from, text.length] : [from, to]
    );
    return { text, answers };
  },
};

/**
 * The template of a prompt for InternLM-XComposer-2.5: the conversation so far, whose last turn is a human
 * one, and the head of the answer. Nothing is labelled.
 * Source: InternLM-XComposer `modeling_internlm_xcomposer2.py`, `interleav_wrap_chat`.
 */
export const conv2prompt: Template = {
  name: "conv2prompt",
  placeholder: PLACEHOLDER,
  lonePicture: "text",
  special: "always",
  render(turns) {
    return { text: renderTurns(turns, (value) => value, []).text + HEADS.assistant, answers: [] };
  },
};

/**
 * Renders turns with their heads and ends. An answer is the turn's value and the token that ends it, without
 * the newline after that.
 */
function renderTurns(
  turns: readonly Turn[],
  valueOf: (value: string) => string,
  given: readonly boolean[] | undefined,
): Rendered {
  requireTurns(turns);
  const learnt = given ?? assistantTurns(turns);
  requireGiven("learnt", learnt, "a list", "[false, true]");
  let text = "";
  const answers: TextSpan[] = [];
  for (const [index, turn] of turns.entries()) {
    text += HEADS[roleOf(turn)];
    const from = text.length;
    text += valueOf(turn.value) + END;
    if (learnt[index]) answers.push([from, text.length - 1]);
  }
  return { text, answers };
}

/**
 * The white space of Python's `str.strip`, as a regular expression. JavaScript's `trim` differs in U+FEFF,
 * U+0085 and U+001C to U+001F.
 */
const SPACE = String.raw`[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const AROUND = new RegExp(`^${SPACE}+|${SPACE}+$`, "g");

/** Returns Python's `value.strip()`. */
function stripped(value: string): string {
  return value.replaceAll(AROUND, "");
}
