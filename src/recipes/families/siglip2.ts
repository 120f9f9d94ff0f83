import type { Composer } from "../../plan/composer.ts";
import type { Size } from "../../plan/geometry.ts";
import { PIXELS } from "../../plan/plan.ts";
import type { Fields } from "../fields.ts";
import type { ProcessorRecipe } from "../recipe.ts";
import { commonOf, HALVES, refused, whole } from "../parts/common_fields.ts";

const NAME = "siglip2";

/** Rows are patches in row-major order, channels last. */
const PATCHES = "c (h p) (w q) -> (h w) (p q c)";

/**
 * SigLIP 2 NaFlex: as many patches as a budget holds with the picture's aspect nearly kept, zeros after them: `pixel_values`
 * `[pictures, patches, p · p · 3]`, `pixel_attention_mask` `[pictures, patches]`, `spatial_shapes` `[pictures, 2]`, rows and
 * columns. Its encoder gives a token a patch, and no text stands for them.
 * Source: transformers `models/siglip2/image_processing_pil_siglip2.py`.
 */
export function siglip2(fields: Fields): ProcessorRecipe {
  const { doResize, filter, values } = commonOf(fields, { filter: "bilinear", mean: HALVES, std: HALVES });
  const patch = fields.count("patch_size") ?? 16;
  const most = fields.count("max_num_patches") ?? 256;
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    compose(composer: Composer) {
      const shapes: number[] = [], ones: Size[] = [];
      for (const [index, picture] of composer.pictures.entries()) {
        const canvas = doResize ? fitted(picture, patch, most) : picture;
        const grid: [number, number] = [canvas.height / patch, canvas.width / patch];
        const patches = grid[0] * grid[1];
        if (patches > most) {
          throw refused(NAME, picture, `it has ${patches} patches, and ${most} is the most`);
        }
        const main = composer.canvas({
          canvas,
          fill: [0, 0, 0],
          placements: [whole({ picture: index }, picture, canvas, filter)],
          target: composer.target(PIXELS, canvas, PATCHES, { p: patch, q: patch }),
        });
        composer.image({ size: picture, main, grid, tokens: patches });
        composer.blankAfter(PIXELS, most - patches);
        shapes.push(...grid);
        ones.push({ width: patches, height: 1 });
      }
      const pictures = ones.length;
      composer.returnEach(PIXELS, ones.map(() => most));
      const mask = ones.flatMap(({ width }) => Array.from({ length: most }, (_, i) => i < width ? 1 : 0));
      composer.integers("pixel_attention_mask", { dtype: "i32", shape: [pictures, most], values: mask });
      composer.integers("spatial_shapes", { dtype: "i64", shape: [pictures, 2], values: shapes });
    },
  };
}

/**
 * The largest size, found by halving an interval of scales, whose sides are multiples of a patch and whose patches are no more
 * than `most`. Source: transformers `models/siglip2/image_processing_siglip2.py`, `get_image_size_for_max_num_patches`.
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
