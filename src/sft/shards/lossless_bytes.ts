import { VitrailError } from "../../errors.ts";
import { countOf } from "../../layout/shape.ts";
import type { Size } from "../../plan/geometry.ts";
import { type CanvasView, type Target, targetLayout, type View } from "../../plan/view.ts";

/** The elements of a row around its channels: `[before, 3, after]`. */
export type ChannelPlace = readonly [before: number, after: number];

/**
 * Returns why bytes lose something of a view that fills rows, such as `its global view is floats`; undefined
 * where a table of 256 values a channel gives all of them back.
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
  if (isCovered(view)) return undefined;
  if (!Array.isArray(view.fill)) return "no byte has the value of its padding";
  const isByte = (value: number) => Number.isInteger(value) && value >= 0 && value <= 255;
  return view.fill.every(isByte) ? undefined : "no byte has the colour of its padding";
}

/** Says whether content covers a canvas, so that its fill is not seen. */
function isCovered({ canvas, placements }: CanvasView): boolean {
  return placements.some(({ offset: { x, y }, content }) =>
    x <= 0 && y <= 0 && x + content.width >= canvas.width && y + content.height >= canvas.height
  );
}

/**
 * Returns where the channels stand in a row; undefined where they are not one axis of it.
 *
 * A pattern `c (h p) (w q) -> (h w) (p q c)` has rows `[p · q, 3, 1]`: 1 element after each channel.
 */
export function channelPlace(canvas: Size, target: Target): ChannelPlace | undefined {
  const { offsets: [channels], outputShape: [, ...row] } = targetLayout(canvas, target);
  const [first, after, twice] = channels, length = countOf(row);
  if (first !== 0 || twice !== 2 * after || length % (3 * after) !== 0) return undefined;
  return [length / (3 * after), after];
}

/** Returns the `usage` error of bytes that would lose something. */
export function lossError(loss: string): VitrailError {
  return new VitrailError("usage", `--dtype u8 would lose something: ${loss}; give --dtype f32, or auto`);
}
