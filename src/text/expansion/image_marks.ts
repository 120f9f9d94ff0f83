import { VitrailError } from "../../errors.ts";
import { requireGiven, requireObjects } from "../../given/given_value.ts";
import { type ImageText, partsOf } from "../../plan/image_text.ts";
import type { TokenStretch } from "./expanded_row.ts";
import { type PlaceholderPiece, placeholderPieces, tokenTextOf } from "./placeholder_pieces.ts";
import { requireTokenizer, type Tokenizer } from "../tokenizer_file.ts";

/** Names in messages. */
export interface ExpansionNames {
  /** The recipe. */
  readonly recipe: string;
  /** The template that wrote the text. */
  readonly template: string;
  /** The conversation. */
  readonly where: string;
}

/**
 * Requires what every expansion is given.
 * @throws {VitrailError} `usage` for images that are no list of objects, for what is no tokenizer, and for
 * names that are no texts.
 */
export function requireExpansion(images: unknown, tokenizer: Tokenizer, names: ExpansionNames): void {
  requireObjects("an expansion's images", images, "plan.images");
  requireTokenizer(tokenizer);
  requireGiven("an expansion's names", names, "an object", "{ recipe, template, where }");
  for (const name of ["recipe", "template", "where"] as const) {
    requireGiven(`an expansion's names.${name}`, names[name], "a text");
  }
}

/** The texts of an image, and the marks among them that are tokens of the tokenizer. */
export interface ImageMarks {
  /** The text that stands in its place before expansion. */
  readonly mark: string;
  /** A shorter text that will do as well. */
  readonly bareMark?: string;
  /** The text of one of its tokens. */
  readonly token: string;
  /** The pieces of its placeholder. */
  readonly pieces: readonly PlaceholderPiece[];
}

/** Returns the id of a text that is one token; undefined where it is none. */
export type IdOf = (text: string) => number | undefined;

/**
 * Returns the marks of a conversation's images, and what gives the ids of marks.
 * @throws {VitrailError} `usage` where the tokenizer lacks an image's token; `recipe` where an image's
 * placeholder or token is not known.
 */
export function imageMarks(
  images: readonly ImageText[],
  tokenizer: Tokenizer,
  names: ExpansionNames,
): { marks: ImageMarks[]; idOf: IdOf } {
  const ids = new Map<string, number | undefined>();
  const idOf: IdOf = (text) => {
    if (!ids.has(text)) ids.set(text, tokenId(text, tokenizer));
    return ids.get(text);
  };
  const marks = images.map((image) => {
    const token = tokenTextOf(required(image, names), names.recipe);
    if (idOf(token) === undefined) throw lacking(token, names);
    const { mark = token, bareMark } = image;
    return { mark, bareMark, token, pieces: placeholderPieces(image, token) };
  });
  return { marks, idOf };
}

/** Returns the texts in whose places images stand, each with the mark that it is, or is a part of. */
export function writtenMarks(marks: readonly ImageMarks[]): Map<string, string> {
  return new Map(
    marks.flatMap(({ mark, bareMark = mark }) => [[mark, mark], [bareMark, mark]] as const),
  );
}

/**
 * Requires that each mark stands in a text as often as there are images of it.
 * @param found the marks that the text holds, each as often as it does
 * @throws {VitrailError} `dataset` otherwise.
 */
export function requirePairs(
  marks: readonly ImageMarks[],
  found: readonly string[],
  names: ExpansionNames,
): void {
  for (const mark of new Set(marks.map(({ mark }) => mark))) {
    const count = marks.filter((own) => own.mark === mark).length;
    const written = found.filter((own) => own === mark).length;
    if (written !== count) throw mispaired(mark, written, count, names);
  }
}

/** Returns the tokens of an image's placeholder, each of its pieces tokenized once. */
export function runOf(
  image: number,
  { pieces, token }: ImageMarks,
  tokenizer: Tokenizer,
  idOf: IdOf,
): TokenStretch[] {
  return pieces.flatMap(({ text, times, mark }) => {
    const id = mark ? idOf(text) : undefined;
    if (id !== undefined) return [{ id, times, image, own: text === token }];
    return tokenizer(text.repeat(times), false).map((id) => ({ id, times: 1 }));
  });
}

/** @throws {VitrailError} `recipe` for an image whose placeholder its recipe does not say. */
function required(image: ImageText, { recipe }: ExpansionNames): ImageText {
  if (partsOf(image) !== undefined && image.tokens !== undefined) return image;
  throw new VitrailError(
    "recipe",
    `the recipe ${recipe} does not say which text stands for a picture; give it the model's ` +
      `processor_config.json, too, or its fields (patch_size, image_seq_length …)`,
  );
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

/** Returns the error of a tokenizer without a token of an image. */
export function lacking(token: string, { recipe, where }: ExpansionNames): VitrailError {
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
