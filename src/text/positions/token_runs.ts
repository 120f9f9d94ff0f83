import { VitrailError } from "../../errors.ts";
import type { ImageText, TokenGrid } from "../../plan/image_text.ts";

/** The part of an image that its positions are counted by. */
export type GridImage = Pick<ImageText, "video" | "tokenGrid" | "secondsPerStep">;

/** One text with its images, before padding. */
export interface PositionRow {
  /** The kind of each token: 0 for text, 1 for a picture's, 2 for a clip's, 3 for audio, which is as text. */
  readonly types: ArrayLike<number>;
  /** The pictures and clips, in order. */
  readonly images: readonly GridImage[];
}

/** Tokens of one kind that stand together. */
export interface TokenRun {
  /** The first of them. */
  readonly from: number;
  /** One after the last. */
  readonly to: number;
  /** The image that they belong to; absent for text. */
  readonly image?: GridImage & { readonly tokenGrid: TokenGrid };
}

/** The way in which runs are paired with images. */
export interface Pairing {
  /** True where each step of a clip is a run of its own. */
  readonly split?: boolean;
  /** Returns true where a run of `length` tokens is an image's with such a grid. */
  fits(grid: TokenGrid, length: number): boolean;
}

/**
 * Returns the runs of a row. Pictures' runs are paired with its pictures in order, and clips' with its clips.
 * @throws {VitrailError} `recipe` for an image whose grid of tokens is not known; `shape` where runs and
 * images do not pair.
 */
export function tokenRuns({ types, images }: PositionRow, { split = false, fits }: Pairing): TokenRun[] {
  const clips = images.filter(({ video }) => video).flatMap((clip) => split ? stepsOf(clip) : [clip]);
  const left: Record<number, GridImage[]> = { 1: images.filter(({ video }) => !video), 2: clips };
  const runs: TokenRun[] = [];
  for (let from = 0, to = 0; from < types.length; from = to) {
    const type = types[from];
    while (to < types.length && types[to] === type) to++;
    if (type === 0 || type === 3) runs.push({ from, to });
    else if (type in left) runs.push({ from, to, image: paired(left[type].shift(), to - from, type, fits) });
    else throw new VitrailError("shape", `token ${from} is of kind ${type}, expected a kind from 0 to 3`);
  }
  const [type, what] = left[1].length > 0 ? [1, "picture"] : [2, split ? "step of a clip" : "clip"];
  const spare = left[type].length;
  if (spare === 0) return runs;
  throw new VitrailError("shape", `the text has no run of tokens left for a ${what} (${spare} to go)`);
}

/** Returns a clip as its steps along time. */
function stepsOf(clip: GridImage): GridImage[] {
  const tokenGrid = { ...gridOf(clip), steps: 1 };
  return Array.from({ length: gridOf(clip).steps }, () => ({ ...clip, tokenGrid }));
}

function paired(image: GridImage | undefined, length: number, type: number, fits: Pairing["fits"]) {
  const what = type === 1 ? "picture" : "clip";
  if (image === undefined) {
    throw new VitrailError("shape", `the text has more runs of a ${what}'s tokens than ${what}s`);
  }
  const tokenGrid = gridOf(image);
  if (fits(tokenGrid, length)) return { ...image, tokenGrid };
  const { steps, rows, columns } = tokenGrid;
  throw new VitrailError(
    "shape",
    `a ${what}'s grid is ${steps}x${rows}x${columns} tokens, and ${length} stand together in the text; ` +
      `between two images there is to be a token of text`,
  );
}

function gridOf({ tokenGrid }: GridImage): TokenGrid {
  if (tokenGrid !== undefined) return tokenGrid;
  throw new VitrailError("recipe", `the recipe does not say which grid an image's tokens have`);
}
