import type { Composer } from "../../plan/composer.ts";
import type { Resampler } from "../../plan/tables/resampler.ts";
import type { Filter } from "../../plan/tables/filters.ts";
import { type Box, type Size, sizeOf } from "../../plan/geometry.ts";
import { PIXELS } from "../../plan/plan.ts";
import type { PixelSource } from "../../plan/view.ts";
import type { SizeKeys } from "./common_fields.ts";
import { centred, resizedTo } from "./resized_size.ts";

/** What becomes of a tile after it is cut. */
export interface TileSteps {
  /** What it is resized to. */
  size?: SizeKeys;
  /** What is shown of it then: the middle. */
  crop?: Size;
  filter: Filter;
  /** Whose steps they are: it decides where the middle is. */
  resampler: Resampler;
}

/** A tile's size after its steps: all of it, and what is shown. */
export function tileSizes(tile: Size, { size, crop }: TileSteps): { content: Size; canvas: Size } {
  const content = size ? resizedTo(tile, size) : tile;
  return { content, canvas: crop ?? content };
}

/**
 * Appends a box of a source as one row; the result is the view.
 * @param tile the box's size, or what it is stretched to before all other steps, where those leave that as it is
 */
export function composeTile(
  composer: Composer,
  source: PixelSource,
  box: Box,
  steps: TileSteps,
  tile = sizeOf(box),
  output = PIXELS,
): number {
  const { content, canvas } = tileSizes(tile, steps);
  const { filter, resampler } = steps, offset = centred(content, canvas, resampler);
  return composer.canvas({
    canvas,
    fill: [0, 0, 0],
    placements: [{ source, crop: box, cut: box, content, offset, filter, order: "horizontal-first" }],
    target: composer.target(output, canvas, "c h w -> 1 c h w"),
  });
}
