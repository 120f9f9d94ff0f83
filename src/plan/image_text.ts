/** The grid of the tokens that an encoder makes of a picture or a clip. */
export interface TokenGrid {
  /** The steps along time: 1 for a picture. */
  steps: number;
  /** The lines of tokens in each step. */
  rows: number;
  /** The tokens in each line. */
  columns: number;
}

/** A stretch of a text: a text, or one and how many times it stands there, one after another. */
export type TextPart = string | readonly [text: string, times: number];

/** The place that an image takes in a model's text. A recipe says of it as much as its Python class knows. */
export interface ImageText {
  /** The tokens that the encoder makes of it; undefined where the recipe does not say. */
  tokens?: number;
  /**
   * The text that stands for it before tokenizing, where its processor expands one. An image of a plan has it
   * as `parts`, and writes it out when it is read.
   */
  placeholder?: string;
  /** The stretches of `placeholder`, in order; absent where it is written out already. */
  parts?: readonly TextPart[];
  /** The text of one of its tokens in `placeholder`; absent: the mark that stands there `tokens` times. */
  token?: string;
  /** The text that a conversation has in its place, before `placeholder` replaces it; absent: `token`. */
  mark?: string;
  /** A shorter text within `mark` that will do as well, where a conversation has it alone. */
  bareMark?: string;
  /**
   * The tokens that `mm_token_type_ids` count as the image's: all marks of `placeholder`, or the texts
   * between them, too (`whole`); absent: its tokens alone.
   */
  typed?: "marks" | "whole";
  /** The number that `mm_token_type_ids` have there; absent: 2 for a clip, 1 for a picture. */
  kind?: 1 | 2;
  /** True where a mark that ends one image's placeholder and begins the next one's stands once. */
  joined?: true;
  /** The tiles of a picture that tokens attend to, and the most that one may have; absent: they do not. */
  attended?: { tiles: number; most: number };
  /**
   * The marks around a conversation's text, where its one picture goes before all of it and the two are
   * tokenized apart; absent: the picture stands in the place of its mark.
   */
  ahead?: { begin: string; end: string };
  /** True for a clip. */
  video?: true;
  /** The grid of its tokens, where models count their positions along time, height and width. */
  tokenGrid?: TokenGrid;
  /** The seconds from one step of a clip's grid to the next; absent where nobody says. */
  secondsPerStep?: number;
}

/** Returns the stretches of the text that stands for an image; undefined where nobody knows it. */
export function partsOf({ parts, placeholder }: ImageText): readonly TextPart[] | undefined {
  return parts ?? (placeholder === undefined ? undefined : [placeholder]);
}

/** Returns stretches of text written out. */
export function writtenOut(parts: readonly TextPart[]): string {
  let text = "";
  for (const part of parts) text += typeof part === "string" ? part : part[0].repeat(part[1]);
  return text;
}

/** Returns the count of characters of stretches of text. */
export function lengthOfParts(parts: readonly TextPart[]): number {
  return parts.reduce((sum, part) => {
    return sum + (typeof part === "string" ? part.length : part[0].length * part[1]);
  }, 0);
}

/** Returns items with others between them. */
export function partsBetween(items: readonly (readonly TextPart[])[], between: TextPart): TextPart[] {
  return items.flatMap((item, index) => index === 0 ? item : [between, ...item]);
}
