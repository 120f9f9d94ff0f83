import { PIXELS } from "../../../plan/plan.ts";
import { BLACK } from "../../../plan/tables/values.ts";
import type { PixelSource } from "../../../plan/view.ts";
import { eachPicture } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { commonFields, HALVES } from "../../parts/common_fields.ts";
import { centred, whole } from "../../parts/placements.ts";
import { resizedSize } from "../../parts/resized_size.ts";
import { cropOf, hasKeys, sizeKeys } from "../../parts/size_keys.ts";
import type { ProcessorRecipe } from "../../recipe.ts";

/** The side from which on pictures are stretched and not cropped. */
const STRETCHED_FROM = 384;

/**
 * ConvNeXT, ResNet and the encoders that take their pictures. At 384 and above a picture is stretched to a
 * square of `size`. Below, its shorter side is resized to `size / crop_pct`, and the middle square of `size`
 * is kept. With `do_center_crop` the middle `crop_size` of that is kept.
 *
 * Outputs: `pixel_values` `[pictures, 3, height, width]`.
 *
 * Source: transformers `models/convnext/image_processing_convnext.py`, `image_processing_pil_convnext.py`,
 * `resize`, `_preprocess`.
 */
export function convNext(fields: Fields): ProcessorRecipe {
  const { doResize, filter, resampler, values } = commonFields(fields, { filter: "bicubic", ...HALVES });
  const side = sideOf(fields);
  const crop = cropOf(fields);
  const percent = fields.number("crop_pct", "a number above 0", (n) => n > 0) ?? 224 / 256;
  const square = { width: side, height: side };
  return {
    kind: "processor",
    name: "convnext",
    parameters: fields.given(),
    values,
    *compose(composer) {
      yield* eachPicture(composer, (picture, index) => {
        const stretched = side >= STRETCHED_FROM ? square : undefined;
        const content = doResize
          ? stretched ?? resizedSize(picture, { shortest_edge: Math.trunc(side / percent) })
          : picture;
        let canvas = doResize ? square : picture;
        let source: PixelSource = { picture: index };
        let placement = whole(source, picture, content, filter, centred(content, canvas, resampler));
        if (crop) {
          source = { view: composer.canvas({ canvas, fill: BLACK, placements: [placement] }) };
          placement = whole(source, canvas, canvas, filter, centred(canvas, crop, resampler));
          canvas = crop;
        }
        const target = composer.target(PIXELS, canvas, "c h w -> 1 c h w");
        const main = composer.canvas({ canvas, fill: BLACK, placements: [placement], target });
        composer.image({ size: picture, main, grid: [1, 1] });
      });
    },
  };
}

/** `size`: a shorter side. */
function sideOf(fields: Fields): number {
  const keys = sizeKeys(fields, "size", "shortest_edge") ?? { shortest_edge: STRETCHED_FROM };
  if (!hasKeys(keys, "shortest_edge")) throw fields.bad("size", "an object with shortest_edge");
  return keys.shortest_edge!;
}
