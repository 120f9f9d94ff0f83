import type { Composer } from "../../../plan/composer.ts";
import type { Size } from "../../../plan/geometry.ts";
import { PIXELS } from "../../../plan/plan.ts";
import type { Filter } from "../../../plan/tables/filters.ts";
import type { Resampler } from "../../../plan/tables/resampler.ts";
import { BLACK, type Normalisation } from "../../../plan/tables/values.ts";
import { eachPicture } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { CLIP, type CommonDefaults, commonFields } from "../../parts/common_fields.ts";
import { centred, whole } from "../../parts/placements.ts";
import { resizedSize } from "../../parts/resized_size.ts";
import { cropOf, resizeKeys, type SizeKeys } from "../../parts/size_keys.ts";
import type { ProcessorRecipe } from "../../recipe.ts";

/** The output of the pictures that the codebook reads. */
const CODEBOOK = "codebook_pixel_values";

/** The codebook's values are kept off 0 and 1. Source: `map_pixels`, `LOGIT_LAPLACE_EPS`. */
const OFF_THE_ENDS = { times: 1 - 2 * 0.1, plus: 0.1 };

/** The fields of masks, which the class draws by chance where it is asked for them. */
const OF_MASKS = [
  "input_size_patches",
  "total_mask_patches",
  "mask_group_min_patches",
  "mask_group_max_patches",
  "mask_group_min_aspect_ratio",
  "mask_group_max_aspect_ratio",
];

/** The way of one output: a picture is resized, its middle is kept, and bytes become values. */
interface Way {
  size?: SizeKeys;
  crop?: Size;
  filter: Filter;
  resampler: Resampler;
  values: Normalisation;
}

/**
 * FLAVA. Every picture is stretched to `size`, and its middle `crop_size` is kept. With
 * `return_codebook_pixels` the fields that begin with `codebook_` prepare it once more, for the codebook.
 *
 * Outputs: `pixel_values` and `codebook_pixel_values`, `[pictures, 3, height, width]` each.
 *
 * Source: transformers `models/flava/image_processing_flava.py`, `image_processing_pil_flava.py`,
 * `_preprocess_image`.
 */
export function flava(fields: Fields): ProcessorRecipe {
  fields.ignore(...OF_MASKS);
  if (fields.boolean("return_image_mask")) {
    throw fields.bad("return_image_mask", "false: Python draws the masks by chance");
  }
  const main = wayOf(fields, { filter: "bicubic", ...CLIP }, 224);
  const own = fields.under("codebook_", "backend", "torchvision", "default_to_square");
  const codebook = wayOf(own, { filter: "lanczos", mean: [0, 0, 0], std: [1, 1, 1] }, 112);
  if (own.boolean("do_map_pixels") ?? true) codebook.values = { ...codebook.values, after: OFF_THE_ENDS };
  const twice = fields.boolean("return_codebook_pixels") ?? false;
  return {
    kind: "processor",
    name: "flava",
    parameters: fields.given(),
    values: main.values,
    *compose(composer) {
      yield* eachPicture(composer, (picture, index) => {
        const view = append(composer, index, main, PIXELS);
        if (twice) append(composer, index, codebook, CODEBOOK);
        composer.image({ size: picture, main: view, grid: [1, 1] });
      });
      if (twice) composer.valueAs(CODEBOOK, codebook.values);
    },
  };
}

function wayOf(fields: Fields, defaults: CommonDefaults, side: number): Way {
  const { doResize, ...rest } = commonFields(fields, defaults);
  const square = { height: side, width: side };
  const size = resizeKeys(fields, square, "square"), crop = cropOf(fields, square);
  return { ...rest, size: doResize ? size : undefined, crop };
}

/** Appends the view of one output, and returns its index. */
function append(
  composer: Composer,
  index: number,
  { size, crop, filter, resampler }: Way,
  output: string,
): number {
  const picture = composer.pictures[index];
  const content = size ? resizedSize(picture, size) : picture, canvas = crop ?? content;
  return composer.canvas({
    canvas,
    fill: BLACK,
    placements: [whole({ picture: index }, picture, content, filter, centred(content, canvas, resampler))],
    target: composer.target(output, canvas, "c h w -> 1 c h w"),
  });
}
