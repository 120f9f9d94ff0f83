import { Memo } from "../../../layout/memo.ts";
import { type Grid, gridsOf } from "../../parts/tile_grids.ts";
import { inSetOrder } from "../python_set.ts";

/** The grids that were made last: each picture asks for them. */
const GRIDS = new Memo<Grid[]>(16);

/**
 * Returns every grid of `least` to `most` tiles, for classes that gather them in a set of Python's. Those of
 * fewer tiles come first, and of as many tiles they have the set's order.
 * Source: transformers `models/lfm2_vl/image_processing_lfm2_vl.py`, `_target_ratios`;
 * `models/phi4_multimodal/image_processing_phi4_multimodal.py`, `dynamic_preprocess`.
 */
export function gridsOfSet(least: number, most: number): readonly Grid[] {
  return GRIDS.resultOf(`${least} ${most}`, () => {
    const pairs = gridsOf(least, most).map(({ columns, rows }): [number, number] => [columns, rows]);
    // Python meets grids by the larger of their sides, and those of small ones all at once.
    const met = ([columns, rows]: [number, number]) => Math.max(least, columns, rows);
    const added = pairs.sort((a, b) => met(a) - met(b) || a[0] - b[0] || a[1] - b[1]);
    const grids = inSetOrder(added).map(([columns, rows]): Grid => ({ columns, rows }));
    return grids.sort((a, b) => a.columns * a.rows - b.columns * b.rows);
  });
}
