import { VitrailError } from "../errors.ts";
import type { ImageText } from "../plan/image_text.ts";
import { type PlaceholderPiece, placeholderPieces, tokenTextOf } from "./placeholder_pieces.ts";
import type { Tokenizer } from "./tokenizer_file.ts";

/** The place of an image's tokens in a row. */
export interface ImageSpan {
  /** The image's place among those of its conversation, from 0. */
  readonly image: number;
  /** The offset of its first token: a mark before its tokens, such as `<img>`, where there is one. */
  readonly offset: number;
  /** The count of tokens up to its last, marks and texts between them included. */
  readonly length: number;
  /** The count of the encoder's tokens among them. */
  readonly tokens: number;
}

/** A text as tokens, with its images' in their places. */
export interface ExpandedText {
  /** The token ids `[length]`. */
  readonly ids: Int32Array;
  /** The kind of each token `[length]`: 0 for text, 1 for a picture's, 2 for a clip's. */
  readonly types: Uint8Array;
  /** The places of the images, in the order of the text. */
  readonly spans: readonly ImageSpan[];
}

/** Names in messages. */
export interface ExpansionNames {
  /** The recipe. */
  readonly recipe: string;
  /** The template that wrote the text. */
  readonly template: string;
  /** The conversation. */
  readonly where: string;
}

/** One occurrence of a token that stands in some image's placeholder, in the order of the text. */
interface Occurrence {
  readonly id: number;
  readonly times: number;
  /** The place among the conversation's images; absent where the text itself holds the token. */
  readonly image?: number;
  /** True for the encoder's tokens. */
  readonly own?: boolean;
}

/**
 * Expands a text: each image's mark becomes its placeholder's tokens, as Python's processors do.
 *
 * The text is tokenized once, with each run of an image's tokens as one token, and the run is then made in
 * the ids. So a picture of thousands of tokens costs as little as one of ten. Text beside a picture (`"\n\n"`
 * in Gemma 3) joins what stands next to it as it would in the whole. For this, marks must be tokens of the
 * tokenizer.
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
  const tokens = images.map((image) => tokenTextOf(required(image, names), names.recipe));
  const marks = images.map(({ mark }, index) => mark ?? tokens[index]);
  const ids = new Map<string, number | undefined>();
  const idOf = (piece: string) => {
    if (!ids.has(piece)) ids.set(piece, tokenId(piece, tokenizer));
    return ids.get(piece);
  };
  const pieces = images.map(({ placeholder }, index) => placeholderPieces(placeholder!, tokens[index]));
  for (const token of tokens) if (idOf(token) === undefined) throw lacking(token, names);
  const known = new Set(
    pieces.flat().filter(({ text, mark }) => mark && idOf(text) !== undefined)
      .map(({ text }) => text),
  );
  let short = "", before = "";
  const occurrences: Occurrence[] = [];
  for (const part of partsOf(text, marks, names)) {
    if (part === "") continue;
    if (typeof part === "string") {
      before = part;
      short += part;
      occurrences.push(...ownOccurrences(part, known).map((piece) => ({ id: idOf(piece)!, times: 1 })));
    } else {
      for (const [index, piece] of pieces[part.image].entries()) {
        const shared = index === 0 && images[part.image].joined && known.has(piece.text) &&
          before === piece.text;
        before = piece.text;
        if (shared) continue;
        short += shortened(piece, known);
        if (!known.has(piece.text)) continue;
        const own = piece.text === tokens[part.image];
        occurrences.push({ id: idOf(piece.text)!, times: piece.times, image: part.image, own });
      }
    }
  }
  return expandIds(tokenize(short, tokenizer), occurrences, images, names);
}

/** @throws {VitrailError} `recipe` for an image whose placeholder its recipe does not say. */
function required(image: ImageText, { recipe }: ExpansionNames): ImageText {
  if (image.placeholder !== undefined && image.tokens !== undefined) return image;
  throw new VitrailError(
    "recipe",
    `the recipe ${recipe} does not say which text stands for a picture; give it the model's ` +
      `processor_config.json, too, or its fields (patch_size, image_seq_length …)`,
  );
}

/**
 * Returns a text's parts: texts, and images in the places of their marks. Images of one mark take its places
 * in order.
 */
function partsOf(
  text: string,
  marks: readonly string[],
  names: ExpansionNames,
): (string | { image: number })[] {
  const waiting = new Map<string, number[]>();
  for (const [image, mark] of marks.entries()) waiting.set(mark, [...waiting.get(mark) ?? [], image]);
  const wanted = new Map([...waiting].map(([mark, { length }]) => [mark, length]));
  const parts: (string | { image: number })[] = [], found = new Map<string, number>();
  let from = 0;
  for (const { 0: mark, index } of text.matchAll(anyOf([...waiting.keys()]))) {
    parts.push(text.slice(from, index));
    found.set(mark, (found.get(mark) ?? 0) + 1);
    const image = waiting.get(mark)!.shift();
    if (image !== undefined) parts.push({ image });
    from = index + mark.length;
  }
  parts.push(text.slice(from));
  for (const [mark, count] of wanted) {
    const written = found.get(mark) ?? 0;
    if (written !== count) throw mispaired(mark, written, count, names);
  }
  return parts;
}

function mispaired(mark: string, written: number, count: number, names: ExpansionNames): VitrailError {
  const { where, template } = names;
  const images = count === 1 ? "1 picture or clip" : `${count} pictures or clips`;
  const times = written === 0 ? "nowhere" : written === 1 ? "once" : `${written} times`;
  return new VitrailError(
    "dataset",
    `${where}: the template ${template} writes ${mark} ${times} for ${images}` +
      (written > count ? `; does a text hold it?` : ""),
  );
}

function lacking(token: string, { recipe, where }: ExpansionNames): VitrailError {
  return new VitrailError(
    "usage",
    `${where}: the tokenizer has no token ${token}, which stands for an image of ${recipe}; ` +
      `it is another model's`,
  );
}

/** Returns the id of a text that is one token; undefined where it is none. */
function tokenId(text: string, tokenizer: Tokenizer): number | undefined {
  if (tokenizer.idOf !== undefined) return tokenizer.idOf(text);
  const ids = tokenizer(text, false);
  return ids.length === 1 ? ids[0] : undefined;
}

/** Returns a piece as it is tokenized: a token once, and all else as it is. */
function shortened({ text, times }: PlaceholderPiece, known: ReadonlySet<string>): string {
  return known.has(text) ? text : text.repeat(times);
}

function ownOccurrences(text: string, known: ReadonlySet<string>): string[] {
  return [...text.matchAll(anyOf([...known]))].map(([piece]) => piece);
}

/** Returns an expression that finds any of the texts, the longest first. */
function anyOf(texts: readonly string[]): RegExp {
  if (texts.length === 0) return /(?!)/g;
  const escaped = [...texts].sort((a, b) => b.length - a.length)
    .map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  return new RegExp(escaped.join("|"), "g");
}

/**
 * Tokenizes a text. The tokens that begin a row (`<s>`) are added unless the text begins with them itself, as
 * `apply_chat_template` does.
 */
function tokenize(text: string, tokenizer: Tokenizer): readonly number[] {
  const ids = tokenizer(text, false), [first] = tokenizer("", true);
  return first === undefined || ids[0] === first ? ids : tokenizer(text, true);
}

/** Makes the runs of images' tokens in the ids of the shortened text. */
function expandIds(
  short: readonly number[],
  occurrences: readonly Occurrence[],
  images: readonly ImageText[],
  { where, recipe }: ExpansionNames,
): ExpandedText {
  const special = new Set(occurrences.map(({ id }) => id));
  const length = occurrences.reduce((sum, { times }) => sum + times - 1, short.length);
  const ids = new Int32Array(length), types = new Uint8Array(length);
  const spans: { image: number; from: number; to: number }[] = [];
  let next = 0, at = 0;
  for (const id of short) {
    if (!special.has(id)) {
      ids[at++] = id;
      continue;
    }
    const { id: expected, times, image, own = false } = occurrences[next++] ?? {};
    if (expected !== id) throw misplaced(where, recipe);
    const end = at + times;
    ids.fill(id, at, end);
    if (image !== undefined) {
      if (own || images[image].typed === "marks") types.fill(kindOf(images[image]), at, end);
      const last = spans.at(-1);
      if (last?.image === image) last.to = end;
      else spans.push({ image, from: at, to: end });
    }
    at = end;
  }
  if (next !== occurrences.length) throw misplaced(where, recipe);
  for (const { image, from, to } of spans) {
    if (images[image].typed === "whole") types.fill(kindOf(images[image]), from, to);
  }
  return {
    ids,
    types,
    spans: spans.map(({ image, from, to }) => {
      return { image, offset: from, length: to - from, tokens: images[image].tokens! };
    }),
  };
}

/** Returns the number that stands for an image's tokens in `mm_token_type_ids`. */
function kindOf({ video, kind = video ? 2 : 1 }: ImageText): number {
  return kind;
}

function misplaced(where: string, recipe: string): VitrailError {
  return new VitrailError(
    "usage",
    `${where}: the tokenizer does not keep the marks of ${recipe} as tokens of their own; ` +
      `its tokenizer.json is to have them among its added_tokens`,
  );
}
