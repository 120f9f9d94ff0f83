import type { Size } from "../../../plan/geometry.ts";
import type { TextPart } from "../../../plan/image_text.ts";
import { flatMapInSteps } from "../../../runtime/in_steps.ts";
import { type Fields, isCount } from "../../fields.ts";
import { commonFields, HALVES } from "../../parts/common_fields.ts";
import { composeGrids, type Patching } from "../../parts/patches.ts";
import { roundHalfEven } from "../../parts/resized_size.ts";
import type { ProcessorRecipe } from "../../recipe.ts";

/** The pattern whose rows are patches in row-major order, channels after pixels. */
const PATCHES = "c (h p) (w q) -> (h w) (p q c)";

/** The fields of the base that the class refuses. Source: `_validate_preprocess_kwargs`. */
const REFUSED = ["crop_size", "do_center_crop", "do_pad", "pad_size"];

/** The bounds of a picture's size; each is absent where there is none. */
interface Bounds {
  /** `max_side`: the most pixels along a side. */
  side?: number;
  /** The fewest pixels. */
  least?: number;
  /** The most pixels. */
  most?: number;
}

/**
 * NeoMME. A picture keeps its size, unless `max_side` or `size` (`min_pixels` and `max_pixels`) bounds it. It
 * stands at the top left of a canvas of whole patches, and the rest of the canvas is black.
 *
 * Outputs: `pixel_values` `[patches, p · p · 3]`, `image_grid_hw` `[pictures, 2]`, patches down and across.
 * Every patch is a token. A mark stands before a picture's tokens, and one after each line of them.
 *
 * Source: transformers `models/neomme/image_processing_neomme.py`, `processing_neomme.py`.
 */
export function neoMme(fields: Fields): ProcessorRecipe {
  const { doResize, filter, values } = commonFields(fields, { filter: "bilinear", ...HALVES });
  for (const field of REFUSED) {
    const value = fields.value(field);
    if (value != null && value !== false) {
      throw fields.bad(field, "left out: the class raises where it is given");
    }
  }
  const patch = fields.count("patch_size") ?? 32;
  const bounds = boundsOf(fields);
  const image = fields.text("image_token") ?? "<img>", row = fields.text("row_token") ?? "<row>";
  const content = (picture: Size) => doResize ? bounded(picture, bounds) : picture;
  const patching: Patching = {
    patch,
    merge: 1,
    filter,
    content,
    fit(picture) {
      const { width, height } = content(picture);
      return { width: Math.ceil(width / patch) * patch, height: Math.ceil(height / patch) * patch };
    },
    pattern: PATCHES,
    sizes: { p: patch, q: patch },
    token: image,
    expand([rows, columns]) {
      const lines = Array<TextPart[]>(rows).fill([[image, columns], row]).flat();
      return { tokens: rows * columns, parts: [image, ...lines], token: image };
    },
  };
  return {
    kind: "processor",
    name: "neomme",
    parameters: fields.given(),
    values,
    *compose(composer) {
      const grids = yield* composeGrids(composer, patching),
        values = yield* flatMapInSteps(grids, (own) => own);
      composer.integers("image_grid_hw", { dtype: "i64", shape: [grids.length, 2], values });
    },
  };
}

function boundsOf(fields: Fields): Bounds {
  const size = fields.take("size", "an object with min_pixels and max_pixels, counts of pixels", (value) => {
    const { min_pixels: least, max_pixels: most, ...rest } = (value ?? {}) as Record<string, unknown>;
    const known = Object.values(rest).every((other) => other === null);
    return known && isCount(least) && isCount(most) ? { least, most } : undefined;
  });
  return { side: fields.count("max_side"), ...size };
}

/** The size within the bounds. Source: `get_resize_output_size`. */
function bounded(picture: Size, { side, least, most }: Bounds): Size {
  const pixels = picture.width * picture.height;
  const enlarged = least !== undefined && pixels < least;
  let scale = enlarged ? Math.sqrt(least / pixels) : 1;
  if (side !== undefined) scale = Math.min(scale, side / Math.max(picture.width, picture.height));
  if (most !== undefined) scale = Math.min(scale, Math.sqrt(most / pixels));
  if (scale === 1) return picture;
  const both = (whole: (side: number) => number): Size => ({
    width: Math.max(1, whole(picture.width * scale)),
    height: Math.max(1, whole(picture.height * scale)),
  });
  const beyond = ({ width, height }: Size) => {
    return Math.max(width, height) > (side ?? Infinity) || width * height > (most ?? Infinity);
  };
  const rounded = both(roundHalfEven);
  if (beyond(rounded)) return cut(both(Math.floor), most ?? Infinity);
  if (!enlarged || rounded.width * rounded.height >= least) return rounded;
  const raised = both(Math.ceil);
  return beyond(raised) ? rounded : raised;
}

/** The size whose longer side is cut until there are no more than `most` pixels. */
function cut({ width, height }: Size, most: number): Size {
  if (width * height <= most) return { width, height };
  if (height >= width) return { width, height: Math.max(1, Math.floor(most / width)) };
  return { width: Math.max(1, Math.floor(most / height)), height };
}
