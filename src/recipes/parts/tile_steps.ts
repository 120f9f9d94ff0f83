import type { Composer } from "../../plan/composer.ts";
import { type Box, type Size, sizeOf } from "../../plan/geometry.ts";
import { PIXELS } from "../../plan/plan.ts";
import type { Filter } from "../../plan/tables/filters.ts";
import type { Resampler } from "../../plan/tables/resampler.ts";
import { BLACK } from "../../plan/tables/values.ts";
import type { PixelSource } from "../../plan/view.ts";
import { centred, part } from "./placements.ts";
import { resizedSize } from "./resized_size.ts";
import type { SizeKeys } from "./size_keys.ts";

/** The steps that a class takes with a tile after it is cut: resize it, then keep the middle. */
export interface TileSteps {
  /** The size to resize to; absent: the tile keeps its own. */
  size?: SizeKeys;
  /** The middle that is kept; absent: all of it. */
  crop?: Size;
  /** The filter that resamples it. */
  filter: Filter;
  /** The resampler of these steps, which decides where the middle is. */
  resampler: Resampler;
}

/** Returns a tile's sizes after its steps: `content` of all of it, `canvas` of what is kept. */
export function tileSizes(tile: Size, { size, crop }: TileSteps): { content: Size; canvas: Size } {
  const content = size ? resizedSize(tile, size) : tile;
  return { content, canvas: crop ?? content };
}

/** The choices of `composeTile`. */
export interface TileOptions {
  /** The size that the box is stretched to before its steps; the box's own by default. */
  tile?: Size;
  /** The output that gets the row; `pixel_values` by default. */
  output?: string;
}

/** Appends a box of a source as one row of an output, and returns its view. */
export function composeTile(
  composer: Composer,
  source: PixelSource,
  box: Box,
  steps: TileSteps,
  { tile = sizeOf(box), output = PIXELS }: TileOptions = {},
): number {
  const { content, canvas } = tileSizes(tile, steps);
  const offset = centred(content, canvas, steps.resampler);
  return composer.canvas({
    canvas,
    fill: BLACK,
    placements: [part(source, box, content, steps.filter, offset)],
    target: composer.target(output, canvas, "c h w -> 1 c h w"),
  });
}
