import { VitrailError } from "../../errors.ts";
import type { ImageText } from "../../plan/image_text.ts";
import { expandedRow, type ExpandedText } from "./expanded_row.ts";
import { type ExpansionNames, imageMarks, lacking, runOf } from "./image_marks.ts";
import type { Tokenizer } from "../tokenizer_file.ts";

/** Returns the marks around texts whose pictures go before them; undefined where pictures stand in texts. */
export function aheadOf(images: readonly ImageText[]): ImageText["ahead"] {
  return images.find(({ ahead }) => ahead)?.ahead;
}

/**
 * Returns a row whose picture goes before the text: the picture's tokens, the mark that begins the text, and
 * the text. A conversation without a picture is its text alone.
 *
 * Source: transformers `models/fuyu/processing_fuyu.py`, `__call__` and `prepare_inputs_layout`.
 *
 * @param ids the ids of the text and of the mark that ends it, tokenized without a picture
 * @throws {VitrailError} `usage` for a second picture, and where the tokenizer lacks a mark; `dataset` where
 * the text holds the picture's mark.
 */
export function pictureAhead(
  ids: readonly number[],
  images: readonly ImageText[],
  tokenizer: Tokenizer,
  names: ExpansionNames,
): ExpandedText {
  const { marks: [picture], idOf } = imageMarks(images, tokenizer, names), { where, recipe } = names;
  if (picture === undefined) return expandedRow([ids], images);
  if (images.length > 1) {
    throw new VitrailError(
      "usage",
      `${where}: ${recipe} puts one picture before a text, found ${images.length}; ` +
        `give each a conversation of its own`,
    );
  }
  if (ids.includes(idOf(picture.token)!)) {
    throw new VitrailError(
      "dataset",
      `${where}: the template ${names.template} writes ${picture.token}, and ${recipe} puts the picture ` +
        `before the text without it; leave the mark out`,
    );
  }
  const { begin } = images[0].ahead!, id = idOf(begin);
  if (id === undefined) throw lacking(begin, names);
  return expandedRow([...runOf(0, picture, tokenizer, idOf), { id, times: 1 }, ids], images);
}
