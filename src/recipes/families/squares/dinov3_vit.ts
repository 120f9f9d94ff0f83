import { PIXELS } from "../../../plan/plan.ts";
import { FLOAT_FILTERS } from "../../../plan/tables/torch_float_taps.ts";
import { BLACK } from "../../../plan/tables/values.ts";
import { eachPicture } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { commonFields, IMAGENET } from "../../parts/common_fields.ts";
import { centred, whole } from "../../parts/placements.ts";
import { resizedSize } from "../../parts/resized_size.ts";
import { cropOf, resizeKeys } from "../../parts/size_keys.ts";
import type { ProcessorRecipe } from "../../recipe.ts";

/**
 * DINOv3. Bytes become 0 to 1 first. These floats are stretched to `size`, and then normalised: they are
 * never rounded to bytes again.
 *
 * Outputs: `pixel_values` `[pictures, 3, height, width]`. As bytes (`dtype: "u8"`) it is resampled in bytes.
 *
 * Source: transformers `models/dinov3_vit/image_processing_dinov3_vit.py`, `_preprocess`.
 */
export function dinoV3(fields: Fields): ProcessorRecipe {
  const common = commonFields(fields, { filter: "bilinear", ...IMAGENET });
  const { doResize, filter, resampler, values } = common;
  if (!FLOAT_FILTERS.includes(filter)) {
    throw fields.bad("resample", `the number of ${FLOAT_FILTERS.join(" or ")}, by which floats are resized`);
  }
  if (!values.rescale) {
    throw fields.bad("do_rescale", "true: the Python code normalises no bytes");
  }
  const size = resizeKeys(fields, { height: 224, width: 224 }, "square");
  const crop = cropOf(fields);
  return {
    kind: "processor",
    name: "dinov3_vit",
    parameters: fields.given(),
    values,
    *compose(composer) {
      yield* eachPicture(composer, (picture, index) => {
        const content = doResize ? resizedSize(picture, size) : picture, canvas = crop ?? content;
        const offset = centred(content, canvas, resampler);
        const main = composer.canvas({
          canvas,
          fill: BLACK,
          placements: [whole({ picture: index }, picture, content, filter, offset)],
          target: composer.target(PIXELS, canvas, "c h w -> 1 c h w"),
          ...(composer.dtype === "u8" ? {} : { floats: true }),
        });
        composer.image({ size: picture, main, grid: [1, 1] });
      });
    },
  };
}
