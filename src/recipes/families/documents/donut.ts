import type { Fields } from "../../fields.ts";
import { commonFields, HALVES } from "../../parts/common_fields.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { composePages, pageSteps } from "./donut_page.ts";

const NAME = "donut";

/**
 * Donut. A document's shorter side is resized to `size`, the whole shrinks to fit it, and black is laid
 * around.
 *
 * Outputs: `pixel_values` `[pictures, 3, height, width]`. The decoder reads the encoder's features, so that
 * no text stands for them.
 *
 * Source: transformers `models/donut/image_processing_donut.py`, `image_processing_pil_donut.py`.
 */
export function donut(fields: Fields): ProcessorRecipe {
  const common = commonFields(fields, { filter: "bilinear", ...HALVES }), { backend, filter } = common;
  const steps = pageSteps(NAME, fields, common, {
    page: { height: 2560, width: 1920 },
    listed: "[width, height]",
    // Pillow's twin takes nearest, whose number is 0, for no filter.
    thumbnailFilter: backend === "pil" && filter === "nearest" ? "bicubic" : filter,
  });
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values: common.values,
    compose: (composer) => composePages(composer, steps),
  };
}
