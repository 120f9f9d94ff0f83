import type { Size } from "../../../plan/geometry.ts";
import type { TextPart } from "../../../plan/image_text.ts";
import { PIXELS } from "../../../plan/plan.ts";
import { BLACK, filledValue } from "../../../plan/tables/values.ts";
import { eachPicture } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { CLIP, commonFields } from "../../parts/common_fields.ts";
import { whole } from "../../parts/placements.ts";
import { exactSize } from "../../parts/size_keys.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { NO_PIXELS, refusal } from "../../refusal.ts";

const NAME = "inkling";

/** A patch in row-major order, twice along time, channels last. */
const PATCHES = "c (h p) (w q) -> (h w) t p q c";

/**
 * Inkling. A picture is cut into square patches from its top left. Those that reach beyond it are filled up
 * with the value of −1 before normalising, and one more column of patches stands right of a picture of whole
 * patches. An output of bytes has 0 there.
 *
 * Outputs: `pixel_values` `[patches, 2, side, side, 3]`, `num_patches` `[pictures]`. A patch is a token. With
 * `rescale_image_frac` a picture's longer side is first resized by that factor, up to
 * `rescale_image_max_upscaled_long_edge`, 2048 by default.
 *
 * Source: transformers `models/inkling/image_processing_inkling.py`, `processing_inkling.py`.
 */
export function inkling(fields: Fields): ProcessorRecipe {
  const { filter, values } = commonFields(fields, { filter: "lanczos", ...CLIP });
  if (fields.value("do_resize") === false) throw fields.bad("do_resize", "true, as the Python class has it");
  const size = exactSize(fields, "size", "shortest_edge") ?? { width: 40, height: 40 };
  if (size.width !== size.height) throw fields.bad("size", "a square");
  const side = size.width;
  const factor = fields.number("rescale_image_frac", "a number above 0", (n) => n > 0);
  const longest = fields.count("rescale_image_max_upscaled_long_edge") ?? 2048;
  const around = { value: filledValue(values, -1) };
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    *compose(composer) {
      const counts = yield* eachPicture(composer, (picture, index) => {
        const content = factor === undefined ? picture : scaled(picture, factor, longest);
        const rows = Math.ceil(content.height / side), columns = Math.floor(content.width / side) + 1;
        const canvas = { width: columns * side, height: rows * side };
        const main = composer.canvas({
          canvas,
          fill: composer.dtype === "u8" ? BLACK : around,
          placements: [whole({ picture: index }, picture, content, filter)],
          target: composer.target(PIXELS, canvas, PATCHES, { p: side, q: side, t: 2 }),
        });
        const tokens = rows * columns, parts: TextPart[] = [["<|content_image|>", tokens]];
        composer.image({ size: picture, main, grid: [rows, columns], tokens, parts });
        return tokens;
      });
      composer.integers("num_patches", { dtype: "i64", shape: [counts.length], values: counts });
    },
  };
}

/** A picture's size times a factor, halves up. Its longer side does not grow beyond `longest`. */
function scaled(picture: Size, factor: number, longest: number): Size {
  const long = Math.max(picture.width, picture.height);
  const ratio = Math.min(long * factor, Math.max(longest, long)) / long;
  const along = (side: number) => Math.floor(side * ratio + 0.5);
  const size = { width: along(picture.width), height: along(picture.height) };
  if (size.width > 0 && size.height > 0) return size;
  throw refusal(NAME, picture, `it would be ${size.width}x${size.height}, ${NO_PIXELS}`);
}
