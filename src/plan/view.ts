import { type Layout, resolveLayout } from "../layout/layout.ts";
import { Memo } from "../layout/memo.ts";
import { parsePattern } from "../layout/pattern.ts";
import { countOf } from "../layout/shape.ts";
import type { Box, Point, Size } from "./geometry.ts";
import type { Filter } from "./tables/filters.ts";
import type { Resampler } from "./tables/resampler.ts";
import type { Standard } from "./tables/standard.ts";
import type { Rgb } from "./tables/values.ts";

/** The source of a placement's pixels, by index: a picture of the call, or the canvas of an earlier view. */
export type PixelSource = { picture: number } | { view: number };

/**
 * One resampled rectangle on a canvas. The part of it that lies off the canvas is left out.
 *
 *     source ┌────────┐      canvas ┌───────────────┐
 *            │ ┌crop┐ │  resample   │    offset     │
 *            │ └────┘ │  ───────▶   │   ┌content┐   │  fill around
 *            └────────┘             │   └───────┘   │
 *                                   └───────────────┘
 */
export interface Placement {
  /** The source of the pixels. */
  source: PixelSource;
  /** The rectangle that is resampled, in the source's upright pixels. Filters weigh pixels around it, too. */
  crop: Box;
  /**
   * The pixels that filters may weigh: a rectangle of whole pixels of the source; absent: all of it. Where
   * Pillow's code calls `crop` and then `resize`, both `cut` and `crop` are that rectangle. Its
   * `resize(box=…)` is a `crop` alone.
   */
  cut?: Box;
  /** The size after resampling. */
  content: Size;
  /** The position of the content's top left on the canvas; negative where it lies off the canvas. */
  offset: Point;
  /** The filter of the resampling. */
  filter: Filter;
  /** The resampler; Pillow's where absent. */
  resampler?: Resampler;
  /**
   * The size of a cell, where no filter is taken: each pixel of the content is the mean of a cell of the
   * source, from its top left on, rounded once, as Pillow's `reduce` has it. Cells at the right and lower
   * edge are cut off; the crop is that of whole cells, and may reach beyond the source. Such a placement
   * reads another view's canvas, and is all of a canvas that only later views read.
   */
  cell?: Size;
  /** The order of the two passes. It matters, since Pillow rounds to bytes between them. */
  order: "horizontal-first" | "vertical-first";
}

/** A rectangle of one colour, drawn over the placements. */
export interface Mark {
  /** The rectangle, in canvas pixels. */
  box: Box;
  /** The colour, in bytes. */
  color: Rgb;
}

/**
 * The fill around the content: a colour, in bytes before normalising; or one value after it, which may be
 * another one in each channel. In an output of u8 such values are bytes, cut off to whole numbers.
 */
export type Fill = Rgb | { value: number | Rgb };

/** Returns a fill's value in each channel after normalising; undefined for a colour. */
export function fillValues(fill: Fill): Rgb | undefined {
  if (!("value" in fill)) return undefined;
  const { value } = fill;
  return typeof value === "number" ? [value, value, value] : value;
}

/** The rows of an output that a view fills, and the pattern by which its canvas becomes them. */
export interface Target {
  /** The output's name, `pixel_values` for one. */
  output: string;
  /** The pattern by which the canvas `[c, h, w]` becomes rows. */
  pattern: string;
  /** The sizes that the pattern leaves open. */
  sizes: Record<string, number>;
  /**
   * The copies of a repeating axis that this view writes, by index; absent: all. A patch that holds several
   * frames of a clip has a copy for each, and the frames' views write one each.
   */
  copies?: number[];
  /** The first row that the view fills, on the output's leading axis. */
  row: number;
  /** The number of rows that it fills. */
  rows: number;
  /**
   * The columns of a grid of patches, each of which is a row. Two elements then stand before a row's own: the
   * patch's line and its column on the grid, counted from 1.
   */
  places?: number;
}

/** The elements of a row that say where its patch lies, where a target has places. */
export const PLACE_ELEMENTS = 2;

/** A canvas of bytes: resampled content, a fill around it, and the rows that it is cut into. */
export interface CanvasView {
  /** The kind of view. */
  kind: "canvas";
  /** The size of the canvas. */
  canvas: Size;
  /** The fill. A canvas that other views read is filled with bytes. */
  fill: Fill;
  /** The content, the later placements over the earlier ones. */
  placements: Placement[];
  /** The marks, over all placements. */
  marks: readonly Mark[];
  /**
   * The rule by which bytes become values before they are resampled, where it is so. The canvas then holds
   * floats: one whole picture, resampled as torch does on a CPU, bilinear. No view reads it.
   */
  standard?: Standard;
  /** The rows that it fills; absent for a canvas that only other views read. */
  target?: Target;
  /**
   * True for a canvas of floats. Its bytes are rescaled before they are resampled, by torch's resampler, and
   * are not rounded to bytes again before they are normalised. It has one placement, of a picture, on black,
   * whose horizontal pass comes first, and no other view reads it.
   */
  floats?: true;
}

/**
 * Floats read from another view's normalised canvas: bicubic, a = −0.75, no antialias, by a whole-number
 * scale an axis. Source: torch `nn.functional.interpolate(mode="bicubic")`.
 */
export interface GlobalView {
  /** The kind of view. */
  kind: "global";
  /** The view whose canvas is read, by its index. */
  view: number;
  /** The size of the result. */
  canvas: Size;
  /**
   * True where each product is added before it is rounded, as by torch on CPUs that fuse the two. Absent:
   * products and sums are rounded one by one.
   */
  fused?: true;
  /** The rows that it fills. */
  target: Target;
}

/** Rows of zeros, with which a processor pads its batch. */
export interface BlankView {
  /** The kind of view. */
  kind: "blank";
  /** The output, its first row of zeros, and how many follow from there. */
  target: {
    /** The output's name. */
    output: string;
    /** The first row. */
    row: number;
    /** The number of rows. */
    rows: number;
  };
}

/** One step of a plan. */
export type View = CanvasView | GlobalView | BlankView;

/** The layouts that were resolved last, 8 MiB of them. Executors ask for a view's several times. */
const LAYOUTS = new Memo<Layout>(8 * 2 ** 20, layoutBytes);

/** Returns the bytes that a layout takes, about: its tables, and a kilobyte for the rest. */
function layoutBytes({ offsets, repeats }: Layout): number {
  return offsets.reduce((sum, { byteLength }) => sum + byteLength, 1024 + repeats.length * 8);
}

/**
 * Returns the layout by which a canvas `[3, height, width]` goes into its target's rows, with the target's
 * copies alone. Equal targets of equal canvases share one layout, for as long as it is among the last.
 *
 * @throws {VitrailError} as {@linkcode resolveLayout} does.
 */
export function targetLayout(
  canvas: Size,
  target: Pick<Target, "pattern" | "sizes" | "copies" | "places">,
): Layout {
  const { pattern, sizes, copies, places } = target;
  const sized = Object.entries(sizes).sort();
  const key = JSON.stringify([canvas.width, canvas.height, pattern, sized, copies, places]);
  return LAYOUTS.resultOf(key, () => {
    if (places) return withPlaces(targetLayout(canvas, { pattern, sizes, copies }));
    if (!copies) return resolveLayout(parsePattern(pattern), [3, canvas.height, canvas.width], sizes);
    const layout = targetLayout(canvas, { pattern, sizes });
    return { ...layout, repeats: copies.map((copy) => layout.repeats[copy]) };
  });
}

/**
 * Returns a layout whose rows have elements before their own. No element changes its row, since each axis
 * alone says which row it adds.
 */
function withPlaces(layout: Layout): Layout {
  const [rows, ...row] = layout.outputShape, length = countOf(row);
  const moved = (offset: number) => offset + Math.floor(offset / length) * PLACE_ELEMENTS;
  return {
    ...layout,
    outputShape: [rows, length + PLACE_ELEMENTS],
    offsets: layout.offsets.map((offsets) => offsets.map(moved)),
    repeats: layout.repeats.map((repeat) => moved(repeat) + PLACE_ELEMENTS),
  };
}
