import { VitrailError } from "../../errors.ts";
import { Memo } from "../../layout/memo.ts";
import { type ImageText, partsOf, type TextPart } from "../../plan/image_text.ts";

/** A stretch of a placeholder: one mark as often as it follows itself, or the text between marks. */
export interface PlaceholderPiece {
  /** The mark, or the text. */
  readonly text: string;
  /** The count of times that it stands there, one after another. */
  readonly times: number;
  /** True for what is written as tokens' names are: `<image>`, `[IMG]`. */
  readonly mark: boolean;
}

/** Names of tokens, as processors write them: `<image>`, `[IMG]`, `|NEWLINE|`, Aya Vision's `TILE_GLOBAL`. */
const MARK = /<[^<>\s]+>|\[[A-Z][A-Z_]*\]|\|[A-Z]+\||TILE_GLOBAL/g;

/** The pieces of the last placeholders: pictures of one grid have one. */
const LAST = new Memo<readonly PlaceholderPiece[]>(256);

/**
 * Returns the pieces of an image's placeholder, in order; none where nobody knows it.
 * @param token the text of one of the image's tokens, where it is known
 */
export function placeholderPieces(image: ImageText, token?: string): readonly PlaceholderPiece[] {
  const parts = partsOf(image) ?? [];
  return LAST.resultOf(JSON.stringify([token, parts]), () => piecesOfParts(parts, token));
}

/** The pieces of stretches of text. A stretch that is one mark is not written out. */
function piecesOfParts(parts: readonly TextPart[], token?: string): PlaceholderPiece[] {
  const pieces: { text: string; times: number; mark: boolean }[] = [];
  for (const part of parts) {
    const [text, times] = typeof part === "string" ? [part, 1] : part;
    const own = piecesOf(text, token), [only] = own;
    const repeated = own.length === 1
      ? [{ ...only, times: only.times * times }]
      : Array(times).fill(own).flat();
    for (const piece of repeated) {
      const last = pieces.at(-1);
      if (piece.mark && last?.mark && last.text === piece.text) last.times += piece.times;
      else if (!piece.mark && last && !last.mark) {
        last.text = last.text.repeat(last.times) + piece.text.repeat(piece.times);
        last.times = 1;
      } else if (piece.times > 0) pieces.push({ ...piece });
    }
  }
  return pieces;
}

function piecesOf(placeholder: string, token?: string): PlaceholderPiece[] {
  const pieces: { text: string; times: number; mark: boolean }[] = [];
  const add = (text: string, mark: boolean) => {
    const last = pieces.at(-1);
    if (mark && last?.text === text) last.times++;
    else if (text !== "") pieces.push({ text, times: 1, mark });
  };
  const split = (text: string) => {
    let from = 0;
    for (const { 0: mark, index } of text.matchAll(MARK)) {
      add(text.slice(from, index), false);
      add(mark, true);
      from = index + mark.length;
    }
    add(text.slice(from), false);
  };
  if (token === undefined) split(placeholder);
  else {
    for (const [index, text] of placeholder.split(token).entries()) {
      if (index > 0) add(token, true);
      if (text !== "") split(text);
    }
  }
  return pieces;
}

/**
 * Returns the text of one of an image's tokens: as its recipe says, or the mark that stands in its
 * placeholder as often as it has tokens.
 * @throws {VitrailError} `recipe` where there is no such mark, or there are several.
 */
export function tokenTextOf(image: ImageText, recipe: string): string {
  const { token, tokens } = image;
  if (token !== undefined) return token;
  const counts = new Map<string, number>();
  for (const { text, times, mark } of placeholderPieces(image)) {
    if (mark) counts.set(text, (counts.get(text) ?? 0) + times);
  }
  const found = [...counts].filter(([, count]) => count === tokens).map(([text]) => text);
  if (found.length === 1) return found[0];
  const shown = found.length === 0 ? "none" : found.join(", ");
  throw new VitrailError(
    "recipe",
    `the recipe ${recipe} does not say which of its marks stands for an image's ${tokens} tokens; ` +
      `as often stands ${shown}`,
  );
}
