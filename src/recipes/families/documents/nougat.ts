import type { Fields } from "../../fields.ts";
import { commonFields, IMAGENET } from "../../parts/common_fields.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { composePages, pageSteps } from "./donut_page.ts";

const NAME = "nougat";

/**
 * Nougat. A page's shorter side is resized to `size`, the whole shrinks to fit it, and black is laid around.
 *
 * By default Python first cuts off margins, which it finds in the pixels. No plan can say that: it has to be
 * done before, and `do_crop_margin` said to be false.
 *
 * Pillow's twin shrinks a page to a quarter or less in two steps: cells of pixels are averaged, and their
 * means resampled.
 *
 * Outputs: `pixel_values` `[pictures, 3, height, width]`. The decoder reads the encoder's features, so that
 * no text stands for them.
 *
 * Source: transformers `models/nougat/image_processing_nougat.py`, `image_processing_pil_nougat.py`.
 */
export function nougat(fields: Fields): ProcessorRecipe {
  const common = commonFields(fields, { filter: "bilinear", ...IMAGENET });
  if (fields.boolean("do_crop_margin") ?? true) {
    const why = "margins are found in the pixels; cut them off before, and say false";
    throw fields.bad("do_crop_margin", `false: ${why}`);
  }
  const steps = pageSteps(NAME, fields, common, {
    page: { height: 896, width: 672 },
    listed: "[height, width]",
    thumbnailFilter: "bicubic",
    reduces: true,
  });
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values: common.values,
    compose: (composer) => composePages(composer, steps),
  };
}
