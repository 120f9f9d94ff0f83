import type { Size } from "../../../plan/geometry.ts";
import { PIXELS } from "../../../plan/plan.ts";
import { BLACK } from "../../../plan/tables/values.ts";
import { flatMapInSteps, mapInSteps } from "../../../runtime/in_steps.ts";
import { eachPicture } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { commonFields, HALVES } from "../../parts/common_fields.ts";
import { maskOfPatches, requireGroups } from "../../parts/patches.ts";
import { whole } from "../../parts/placements.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { MOST_ROWS, refusal } from "../../refusal.ts";

const NAME = "siglip2";

/** The pattern whose rows are patches in row-major order, channels last. */
const PATCHES = "c (h p) (w q) -> (h w) (p q c)";

/**
 * SigLIP 2 NaFlex. A picture becomes as many patches as a budget holds, and nearly keeps its aspect. Zeros
 * follow the patches.
 *
 * Outputs: `pixel_values` `[pictures, patches, p · p · 3]`, `pixel_attention_mask` `[pictures, patches]`,
 * `spatial_shapes` `[pictures, 2]`, patches down and across. The encoder gives a token a patch, and no text
 * stands for them.
 *
 * Source: transformers `models/siglip2/image_processing_pil_siglip2.py`.
 */
export function siglip2(fields: Fields): ProcessorRecipe {
  const { doResize, filter, values } = commonFields(fields, { filter: "bilinear", ...HALVES });
  const patch = fields.count("patch_size") ?? 16;
  const most = fields.count("max_num_patches", MOST_ROWS) ?? 256;
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    *compose(composer) {
      const grids = yield* eachPicture(composer, (picture, index) => {
        const canvas = doResize ? fitted(picture, patch, most) : picture;
        requireGroups(picture, canvas, patch);
        const grid: [number, number] = [canvas.height / patch, canvas.width / patch];
        const patches = grid[0] * grid[1];
        if (patches > most) {
          throw refusal(NAME, picture, `it has ${patches} patches, and ${most} is the most`);
        }
        const main = composer.canvas({
          canvas,
          fill: BLACK,
          placements: [whole({ picture: index }, picture, canvas, filter)],
          target: composer.target(PIXELS, canvas, PATCHES, { p: patch, q: patch }),
        });
        composer.image({ size: picture, main, grid, tokens: patches });
        composer.blankAfter(PIXELS, most - patches);
        return grid;
      });
      const counts = yield* mapInSteps(grids, ([rows, columns]) => rows * columns);
      const shapes = yield* flatMapInSteps(grids, (grid) => grid);
      composer.returnGroups(PIXELS, counts.length, most);
      composer.integers("pixel_attention_mask", maskOfPatches(counts, most));
      composer.integers("spatial_shapes", { dtype: "i64", shape: [counts.length, 2], values: shapes });
    },
  };
}

/**
 * The largest size whose sides are multiples of a patch and which has no more than `most` patches. It is
 * found by halving an interval of scales.
 * Source: transformers `models/siglip2/image_processing_siglip2.py`, `get_image_size_for_max_num_patches`.
 */
function fitted({ width, height }: Size, patch: number, most: number): Size {
  const epsilon = 1e-5;
  const at = (scale: number) => {
    const side = (length: number) => Math.max(patch, Math.ceil(length * scale / patch) * patch);
    return { width: side(width), height: side(height) };
  };
  let low = epsilon / 10, high = 100;
  while (high - low >= epsilon) {
    const middle = (low + high) / 2, size = at(middle);
    if ((size.height / patch) * (size.width / patch) <= most) low = middle;
    else high = middle;
  }
  return at(low);
}
