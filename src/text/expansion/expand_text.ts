import { VitrailError } from "../../errors.ts";
import { requireGiven } from "../../given/given_value.ts";
import type { ImageText } from "../../plan/image_text.ts";
import { anyOf } from "../any_of.ts";
import {
  expandedRow,
  type ExpandedText,
  isText,
  lengthOf,
  type RowPart,
  type TokenStretch,
} from "./expanded_row.ts";
import {
  type ExpansionNames,
  type ImageMarks,
  imageMarks,
  requireExpansion,
  requirePairs,
  writtenMarks,
} from "./image_marks.ts";
import { aheadOf, pictureAhead } from "./picture_ahead.ts";
import type { PlaceholderPiece } from "./placeholder_pieces.ts";
import { type TokenizedText, tokensBefore } from "./token_places.ts";
import type { Tokenizer } from "../tokenizer_file.ts";

/** A text as tokens, with some of its places among them. */
export interface PlacedText extends ExpandedText {
  /** The count of tokens before each place. */
  readonly places: readonly number[];
}

/**
 * Expands a text: each image's mark becomes its placeholder's tokens, as Python's processors do.
 *
 * The text is tokenized once, with each run of an image's tokens as one token, and the run is then made in
 * the ids. So a picture of thousands of tokens costs as little as one of ten. Text beside a picture (`"\n\n"`
 * in Gemma 3) joins what stands next to it as it would in the whole. For this, marks must be tokens of the
 * tokenizer. Fuyu's picture has no mark in the text: it goes before it.
 *
 * @param text the conversation as the template writes it
 * @param images its pictures and clips, in order
 * @throws {VitrailError} `dataset` where marks and images differ in number; `usage` where the tokenizer lacks
 * an image's token; `recipe` where an image's placeholder or token is not known.
 */
export function expandText(
  text: string,
  images: readonly ImageText[],
  tokenizer: Tokenizer,
  names: ExpansionNames,
): ExpandedText {
  requireGiven("expandText: text", text, "a text");
  requireExpansion(images, tokenizer, names);
  const { places: _, ...row } = expandPlacedText(text, [], images, tokenizer, names);
  return row;
}

/**
 * Expands a text as {@linkcode expandText} does, and finds some of its places among the tokens.
 * @param places offsets in UTF-16 units, in order, none of them inside a mark
 */
export function expandPlacedText(
  text: string,
  places: readonly number[],
  images: readonly ImageText[],
  tokenizer: Tokenizer,
  names: ExpansionNames,
): PlacedText {
  const ahead = aheadOf(images);
  if (ahead) {
    const whole = { text: text + ahead.end, special: false, ids: tokenizer(text + ahead.end, false) };
    const row = pictureAhead(whole.ids, images, tokenizer, names), before = row.ids.length - whole.ids.length;
    return { ...row, places: tokensBefore(whole, places, tokenizer).map((count) => before + count) };
  }
  const { marks, idOf } = imageMarks(images, tokenizer, names);
  const known = new Set(
    marks.flatMap(({ pieces }) => pieces)
      .filter(({ text, mark }) => mark && idOf(text) !== undefined)
      .map(({ text }) => text),
  );
  let short = "", before = "", at = 0;
  const shortPlaces: number[] = []; // the places in `short`
  const special: TokenStretch[] = []; // the tokens of known marks, in the order of the text
  for (const part of partsOf(text, marks, names)) {
    if (typeof part === "string") {
      while (places[shortPlaces.length] <= at + part.length) {
        shortPlaces.push(short.length + places[shortPlaces.length] - at);
      }
      at += part.length;
      if (part === "") continue;
      before = part;
      short += part;
      special.push(...ownMarks(part, known).map((mark) => ({ id: idOf(mark)!, times: 1 })));
    } else {
      const { pieces, token, mark } = marks[part.image];
      at += mark.length;
      for (const [index, piece] of pieces.entries()) {
        const shared = index === 0 && images[part.image].joined && known.has(piece.text) &&
          before === piece.text;
        before = piece.text;
        if (shared) continue;
        short += shortened(piece, known);
        if (!known.has(piece.text)) continue;
        const own = piece.text === token;
        special.push({ id: idOf(piece.text)!, times: piece.times, image: part.image, own });
      }
    }
  }
  const tokenized = tokenize(short, tokenizer);
  const row = lengthened(tokenized.ids, special, names);
  return {
    ...expandedRow(row, images),
    places: lengthsBefore(row, tokensBefore(tokenized, shortPlaces, tokenizer)),
  };
}

/** Returns the tokens of a row before places that are counted in shortened tokens, in order. */
function lengthsBefore(row: readonly RowPart[], places: readonly number[]): number[] {
  let next = 0, short = 0, length = 0; // the parts before row[next], in shortened tokens and in tokens
  return places.map((place) => {
    for (; next < row.length; next++) {
      const part = row[next], end = short + (isText(part) ? part.length : 1);
      if (end > place) break;
      short = end;
      length += lengthOf(part);
    }
    return length + place - short;
  });
}

/**
 * Returns a text's parts: texts, and images in the places of their marks. Images of one mark take its places
 * in order.
 */
function partsOf(
  text: string,
  marks: readonly ImageMarks[],
  names: ExpansionNames,
): (string | { image: number })[] {
  const waiting = Map.groupBy(marks.keys(), (image) => marks[image].mark);
  const parts: (string | { image: number })[] = [], found: string[] = [];
  let from = 0;
  const written = writtenMarks(marks);
  for (const { 0: here, index } of text.matchAll(anyOf([...written.keys()]))) {
    const mark = written.get(here)!;
    parts.push(text.slice(from, index));
    found.push(mark);
    const image = waiting.get(mark)!.shift();
    if (image !== undefined) parts.push({ image });
    from = index + here.length;
  }
  parts.push(text.slice(from));
  requirePairs(marks, found, names);
  return parts;
}

/** Returns a piece as it is tokenized: a token once, and all else as it is. */
function shortened({ text, times }: PlaceholderPiece, known: ReadonlySet<string>): string {
  return known.has(text) ? text : text.repeat(times);
}

function ownMarks(text: string, known: ReadonlySet<string>): string[] {
  return [...text.matchAll(anyOf([...known]))].map(([piece]) => piece);
}

/**
 * Tokenizes a text. The tokens that begin a row (`<s>`) are added unless the text begins with them itself, as
 * `apply_chat_template` does.
 */
function tokenize(text: string, tokenizer: Tokenizer): TokenizedText {
  const ids = tokenizer(text, false), [first] = tokenizer("", true);
  if (first === undefined || ids[0] === first) return { text, special: false, ids };
  return { text, special: true, ids: tokenizer(text, true) };
}

/** Returns the row of a shortened text, with known marks as often as they stand in the whole. */
function lengthened(
  short: readonly number[],
  special: readonly TokenStretch[],
  { where, recipe }: ExpansionNames,
): RowPart[] {
  const known = new Set(special.map(({ id }) => id)), row: RowPart[] = [];
  let next = 0, from = 0;
  for (let at = 0; at < short.length; at++) {
    if (!known.has(short[at])) continue;
    const stretch = special[next++];
    if (stretch?.id !== short[at]) throw misplaced(where, recipe);
    row.push(short.slice(from, at), stretch);
    from = at + 1;
  }
  if (next !== special.length) throw misplaced(where, recipe);
  return [...row, short.slice(from)];
}

function misplaced(where: string, recipe: string): VitrailError {
  return new VitrailError(
    "usage",
    `${where}: the tokenizer does not keep the marks of ${recipe} as tokens of their own; ` +
      `its tokenizer.json is to have them among its added_tokens`,
  );
}
