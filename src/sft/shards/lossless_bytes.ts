import { VitrailError } from "../../errors.ts";
import { parsePattern } from "../../layout/pattern.ts";
import { countOf } from "../../layout/shape.ts";
import { sizesOf } from "../../layout/sizes.ts";
import type { Size } from "../../plan/geometry.ts";
import type { Rgb } from "../../plan/tables/values.ts";
import { type CanvasView, fillValues, type Target, type View } from "../../plan/view.ts";

/** The elements of a row around its channels: `[before, 3, after]`. */
export type ChannelPlace = readonly [before: number, after: number];

/** The pixels of a row `[3, height, width]` that are content, and not fill. */
export type ContentBox = readonly [top: number, left: number, height: number, width: number];

/** The patterns whose rows are planes of the canvas: the whole of it, or tiles in row-major order. */
const PLANES: readonly string[] = ["c h w -> 1 c h w", "c (h p) (w q) -> (h w) c p q"];

/**
 * Returns why bytes lose something of a view that fills rows, such as `its global view is floats`; undefined
 * where a table of 256 values a channel, and one value for the fill, give all of it back.
 */
export function lossOf(view: View): string | undefined {
  if (view.kind === "blank") return undefined;
  if (view.kind === "global") return "its global view is floats";
  if (view.floats) return "its canvas is resampled in floats";
  if (view.standard) return "its values depend on all of its pixels";
  if (view.target?.places) return "its rows hold their patches' places";
  if (view.target && channelPlace(view.canvas, view.target) === undefined) {
    return `its rows "${view.target.pattern}" have no axis of channels`;
  }
  if (isCovered(view) || isColour(view)) return undefined;
  const plain = fillValues(view.fill) && view.placements.length === 1 && view.marks.length === 0;
  return plain && PLANES.includes(view.target!.pattern) ? undefined : "no byte has the value of its padding";
}

/** Says whether content covers a canvas, so that its fill is not seen. */
function isCovered({ canvas, placements }: CanvasView): boolean {
  return placements.some(({ offset: { x, y }, content }) =>
    x <= 0 && y <= 0 && x + content.width >= canvas.width && y + content.height >= canvas.height
  );
}

/** Says whether the fill of a canvas is a colour of bytes. */
function isColour({ fill }: CanvasView): boolean {
  const isByte = (value: number) => Number.isInteger(value) && value >= 0 && value <= 255;
  return Array.isArray(fill) && fill.every(isByte);
}

/**
 * Returns where the channels stand in a row; undefined where they are not one axis of it.
 *
 * A pattern `c (h p) (w q) -> (h w) (p q c)` has rows `[p · q, 3, 1]`: 1 element after each channel.
 */
export function channelPlace(canvas: Size, { pattern, sizes }: Target): ChannelPlace | undefined {
  const parsed = parsePattern(pattern), { left: [channels], right } = parsed;
  const known = sizesOf(parsed, [3, canvas.height, canvas.width], sizes);
  const row = right.slice(1).flat().map(({ name }) => name), at = row.indexOf(channels[0].name);
  if (channels.length > 1 || at === -1) return undefined;
  const count = (names: readonly string[]) => countOf(names.map((name) => known.get(name)!));
  return [count(row.slice(0, at)), count(row.slice(at + 1))];
}

/** Returns the value of a canvas's fill where no byte gives it and it is seen; undefined elsewhere. */
export function valueAround(view: CanvasView): Rgb | undefined {
  return isCovered(view) || isColour(view) ? undefined : fillValues(view.fill);
}

/**
 * Returns the content of each row of a view: all of a row whose fill is not seen, or is of bytes.
 * @param plane the size of a row's plane
 */
export function contentBoxes(view: CanvasView, plane: Size): ContentBox[] {
  const { rows } = view.target!, columns = view.canvas.width / plane.width;
  const [{ offset, content }] = view.placements, whole = valueAround(view) === undefined;
  return Array.from({ length: rows }, (_, row): ContentBox => {
    if (whole) return [0, 0, plane.height, plane.width];
    const x = offset.x - row % columns * plane.width, y = offset.y - Math.floor(row / columns) * plane.height;
    const [left, width] = overlap(x, content.width, plane.width);
    const [top, height] = overlap(y, content.height, plane.height);
    return [top, left, height, width];
  });
}

/** Returns where a stretch begins that is cut to `0 … most`, and how long it is then. */
function overlap(from: number, length: number, most: number): [from: number, length: number] {
  const first = Math.min(Math.max(from, 0), most);
  return [first, Math.max(0, Math.min(from + length, most) - first)];
}

/** Returns the `usage` error of bytes that would lose something. */
export function lossError(loss: string): VitrailError {
  return new VitrailError("usage", `--dtype u8 would lose something: ${loss}; give --dtype f32, or auto`);
}
