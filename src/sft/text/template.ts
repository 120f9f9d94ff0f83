import type { Turn } from "../data/sample.ts";

/** Who speaks in a turn. */
export type Role = "human" | "assistant" | "system";

/** Part of a text: from and to (exclusive), in UTF-16 units. */
export type TextSpan = readonly [from: number, to: number];

/** A conversation as one text. */
export interface Rendered {
  readonly text: string;
  /** The parts that a model learns to write: each of its answers, with what ends it. */
  readonly answers: readonly TextSpan[];
}

/** Where the answers lie among token ids, for a template whose every turn ends in one token. */
export interface TurnMarks {
  /** The token that ends a turn. */
  readonly end: number;
  /** The token that ends the row. */
  readonly eos: number;
  /** Tokens from the end of a turn to the first of an answer: the end itself and the head of the next turn. */
  readonly header: number;
}

/** How a model writes a conversation down. */
export interface Template {
  readonly name: string;
  /** What stands for a picture in its texts. */
  readonly placeholder: string;
  /** Where a single picture without a placeholder goes: before the text, or before the first human turn's words. */
  readonly lonePicture: "text" | "turn";
  /**
   * Which text asks the tokenizer for special tokens (`<s>`): the first that is not empty, the first even where a picture
   * leaves it empty, or none, where the template writes them itself.
   */
  readonly special: "first" | "always" | "never";
  /** Finds the answers by token; absent: `answers` of the text decide. */
  readonly marks?: TurnMarks;
  /** Turns, each picture's `<ImageHere>` in place, as a text with `placeholder`s. */
  render(turns: readonly Turn[]): Rendered;
}

/**
 * Who speaks: `human` or `user` in any case, `system`, and anything else is the model. Where InternLM-XComposer's
 * `conv2text` takes a system turn for the model's, to be learnt, it is a system turn here.
 */
export function roleOf({ from }: Turn): Role {
  const name = from.toLowerCase();
  if (name === "human" || name === "user") return "human";
  return name === "system" ? "system" : "assistant";
}
