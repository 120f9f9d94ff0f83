import type { PlannedImage } from "../../plan/plan.ts";
import type { Sample } from "../data/sample.ts";
import { requireLearnt } from "./learnt_turns.ts";
import { textOf } from "./placeholders.ts";
import type { Template } from "./template.ts";
import { type TokenRow, tokenRowOf, type TokenRowOptions } from "./token_row.ts";

/** A sample as a row of tokens, with all that a model takes beside the ids. */
export interface TextRow extends TokenRow {
  /** The kind of each token `[length]`: 0 for text, 1 for a picture's, 2 for a clip's; absent: not known. */
  readonly types?: Uint8Array;
  /**
   * The place of each token on each axis, axis after axis; absent where a model counts along one axis. They
   * are floats in every row of a model whose clips have fractions, as in Python.
   */
  readonly positions?: Int32Array | Float32Array;
  /** The count of these axes; absent where it is one, or is not known. */
  readonly axes?: number;
  /** The next token's position less the count of tokens; present where `positions` are. */
  readonly ropeDelta?: number;
  /** The tiles that tokens attend to, by picture, and the most that one may have; absent: they do not. */
  readonly attended?: readonly { readonly tiles: number; readonly most: number }[];
}

/** A sample's conversation: its text, and its tokens where there is a tokenizer. */
export interface SampleText {
  /** The conversation as the model reads it, placeholders in place. */
  readonly text: string;
  /** The conversation as tokens. */
  readonly row?: TextRow;
}

/**
 * Makes a sample's text.
 * @param images its pictures and clips as planned, in the conversation's order
 * @param where the sample's name in messages
 * @throws {VitrailError} `dataset`, naming the sample, where its text cannot be made.
 */
export type TextOf = (sample: Sample, images: readonly PlannedImage[], where: string) => SampleText;

/**
 * Returns what makes the texts of a template, and whole rows of tokens where `tokens` say how.
 * @param tokens absent: conversations stay text
 */
export function templateTexts(
  template: Template,
  tokens?: Omit<TokenRowOptions, "template" | "maxLength">,
): TextOf {
  if (tokens === undefined) {
    return (sample, images, where) => {
      return { text: textOf(sample, template, { pictures: images.length, where }) };
    };
  }
  const options = { ...tokens, template, maxLength: Infinity };
  return (sample, images, where) => {
    requireLearnt(sample.conversations, tokens.learn ?? ["assistant"], where);
    const { text, ...row } = tokenRowOf({ ...sample, pictures: images, where }, options);
    return { text, row };
  };
}
