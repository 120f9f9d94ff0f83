import { shown, VitrailError } from "../../errors.ts";
import { requireGiven } from "../../given/given_value.ts";
import { requireRecipe } from "../../recipes/plan_sample.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import { tiledTokens } from "../../recipes/tiled/tiled_tokens.ts";
import { requireFeatures, type SpliceShapes, tokenElementsOf } from "./splice_shapes.ts";

/** All that a splice needs to know of a picture: one of `batch.images`, or its grid alone. */
export interface SplicedImage {
  /** Tiles: rows, columns. */
  grid: readonly [rows: number, columns: number];
  /** The tokens that the picture's own plan says, where it has one; the splice is held against them. */
  tokens?: number;
}

/** The order of a call's features and tokens, from its pictures' grids and its inputs' shapes alone. */
export interface SplicePlan {
  /** Tokens a side of one tile; a tile has twice as many patches a side. */
  side: number;
  /** Channels of a patch; a token has four times as many. */
  channels: number;
  /** Rows of features: a global view and tiles for each picture. */
  rows: number;
  /** Each picture's grid, and the row of its global view; its tiles follow. */
  pictures: { grid: readonly [rows: number, columns: number]; row: number }[];
  /** Tokens of each picture. */
  lengths: number[];
  /** The first token of each picture. */
  offsets: number[];
  /** Tokens of all pictures. */
  total: number;
}

/** The source of a token that is no pair of patches but the newline. */
export const NEWLINE = 0xffffffff;
/** The source of a token that is no pair of patches but the separator. */
export const SEPARATOR = 0xfffffffe;

/**
 * Plans the splice of vision features into one sequence of tokens. Each picture gives its own global view,
 * the separator, and its tiles put together; a newline ends every line of tokens.
 *
 *     features [rows, N, C]          tokens [total, 4C] of one picture of h × w tiles, side s
 *      ┌────────┐ global view        s lines of      s tokens and a newline
 *      ├────────┤ tile 0, 0     ──▶  1               separator
 *      ├────────┤ tile 0, 1          h·s lines of  w·s tokens and a newline
 *      └────────┘ …
 *
 * Source: InternLM-XComposer `build_mlp.py`, `CLIPVisionTower.forward`, which takes the first picture's
 * global view for every picture of a call; here each has its own.
 * @throws {VitrailError} `recipe` for a recipe without such tokens, `usage` for no pictures, `shape` for
 * shapes that do not fit, with those that would.
 */
export function planSplice(
  recipe: Recipe,
  images: readonly SplicedImage[],
  shapes: SpliceShapes,
): SplicePlan {
  requireRecipe(recipe);
  if (recipe.kind !== "tiles" || recipe.tokens?.kind !== "hd") {
    throw new VitrailError(
      "recipe",
      `${recipe.name} has no splice: its recipe gives no rows of tokens with newlines; ixc2-4khd, ixc25, ` +
        `ixc25-image and ixc25-video do`,
    );
  }
  const { side } = recipe.tokens;
  requireImages(images);
  requireGiven("planSplice: shapes", shapes, "an object", "{ features, newline, separator }");
  const pictures: SplicePlan["pictures"] = [], offsets: number[] = [], lengths: number[] = [];
  let rows = 0, total = 0;
  for (const [index, image] of images.entries()) {
    const { grid: [h, w] } = image;
    const length = tiledTokens(recipe, [h, w])!;
    requireLength({ picture: index, found: length, planned: image.tokens ?? length, grid: [h, w], side });
    pictures.push({ grid: [h, w], row: rows });
    offsets.push(total);
    lengths.push(length);
    rows += 1 + h * w;
    total += length;
  }
  const width = tokenElementsOf(shapes);
  requireFeatures(recipe.name, shapes.features, { rows, side, width, pictures });
  return { side, channels: width / 4, rows, pictures, lengths, offsets, total };
}

/**
 * Returns every token's source: the upper pair of the four patches that it merges, or {@linkcode NEWLINE}, or
 * {@linkcode SEPARATOR}. Two patches side by side are a pair, so features are `[rows, 2·side, side]` pairs,
 * and a token's lower pair lies `side` pairs after its upper one. Also returns how many tokens each picture
 * came to.
 *
 *     patches of a tile    pairs of it           tokens of it
 *      a b │ c d │ …        0   │ 1   │ …         abef │ cdgh │ …
 *      e f │ g h │ …        s   │ s+1 │ …
 */
export function sourcesOf(plan: SplicePlan): { sources: Uint32Array; lengths: number[] } {
  const { side } = plan;
  const sources = new Uint32Array(plan.total);
  let at = 0;
  const lines = (row: number, [h, w]: readonly [number, number]) => {
    for (let y = 0; y < h * side; y++) {
      for (let tile = 0; tile < w; tile++) {
        const patchLine = (row + Math.floor(y / side) * w + tile) * 2 * side + 2 * (y % side);
        for (let x = 0; x < side; x++) sources[at++] = patchLine * side + x;
      }
      sources[at++] = NEWLINE;
    }
  };
  const lengths = plan.pictures.map(({ grid, row }) => {
    const from = at;
    lines(row, [1, 1]);
    sources[at++] = SEPARATOR;
    lines(row + 1, grid);
    return at - from;
  });
  return { sources, lengths };
}

/**
 * Holds the tokens that each picture came to against the plan.
 * @throws {VitrailError} `shape` naming both counts and the shapes.
 */
export function requireLengths({ pictures, lengths, side }: SplicePlan, found: readonly number[]): void {
  for (const [picture, { grid }] of pictures.entries()) {
    requireLength({ picture, found: found[picture], planned: lengths[picture], grid, side });
  }
}

/** A picture's count of tokens, as found and as planned, and the shapes that they come from. */
interface CountedTokens {
  picture: number;
  found: number;
  planned: number;
  grid: readonly [rows: number, columns: number];
  side: number;
}

function requireLength({ picture, found, planned, grid: [h, w], side }: CountedTokens): void {
  if (found === planned) return;
  const made = (h * w + 1) * side * side + 1 + (h + 1) * side;
  const patches = 2 * side, name = `picture ${picture + 1}`;
  throw new VitrailError(
    "shape",
    `${name} of the splice has ${found} tokens and its plan says ${shown(planned)}: ` +
      `a grid of ${h}x${w} tiles, each of ${patches}x${patches} patches, ` +
      `makes (${h}·${w} + 1)·${side * side} + 1 + (${h} + 1)·${side} = ${made}; ` +
      `was it planned with this recipe?`,
  );
}

function requireImages(images: readonly SplicedImage[]): void {
  if (!Array.isArray(images) || images.length === 0) {
    const found = Array.isArray(images) ? "none" : `no list but ${shown(images)}`;
    throw new VitrailError(
      "usage",
      `a splice needs a list of pictures' grids, batch.images for one; found ${found}`,
    );
  }
  for (const [index, image] of images.entries()) {
    const grid = image?.grid;
    const whole = (count: unknown) => Number.isSafeInteger(count) && (count as number) > 0;
    if (Array.isArray(grid) && grid.length === 2 && grid.every(whole)) continue;
    const given = shown(grid);
    throw new VitrailError(
      "shape",
      `the grid of picture ${index + 1} is ${given}; it is [rows, columns] of tiles, as in [3, 5]`,
    );
  }
}
