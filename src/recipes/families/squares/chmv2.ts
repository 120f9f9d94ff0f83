import type { Size } from "../../../plan/geometry.ts";
import { PIXELS } from "../../../plan/plan.ts";
import { BLACK, type Rgb } from "../../../plan/tables/values.ts";
import { eachInSteps, mapInSteps } from "../../../runtime/in_steps.ts";
import { eachPicture, eachSize } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { commonFields } from "../../parts/common_fields.ts";
import { centred, sameSize, whole } from "../../parts/placements.ts";
import { roundHalfEven } from "../../parts/resized_size.ts";
import { cropOf, exactSize } from "../../parts/size_keys.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { refusal } from "../../refusal.ts";

const NAME = "chmv2";

const MEAN: Rgb = [0.42, 0.411, 0.296], STD: Rgb = [0.213, 0.156, 0.143];

/**
 * CHM v2, which reads heights of trees off pictures from above. By default a picture keeps its size, and
 * zeros around it fill its sides up to multiples of `size_divisor`. With `do_resize` it is resized first, to
 * sides that are multiples of `ensure_multiple_of`.
 *
 * Outputs: `pixel_values` `[pictures, 3, height, width]`. Where pictures differ in size Python returns a list
 * of `[3, height, width]`.
 *
 * Source: transformers `models/chmv2/image_processing_chmv2.py`, `_preprocess`, `pad_image`.
 */
export function chmV2(fields: Fields): ProcessorRecipe {
  const common = commonFields(fields, { filter: "bicubic", mean: MEAN, std: STD, resize: false });
  const { doResize, filter, resampler, values } = common;
  const size = exactSize(fields, "size") ?? { width: 384, height: 384 };
  const multiple = fields.count("ensure_multiple_of") ?? 16;
  const keepAspect = fields.boolean("keep_aspect_ratio") ?? true;
  const crop = cropOf(fields);
  const wanted = fields.count("size_divisor") ?? 16;
  const divisor = fields.boolean("do_pad") ?? true ? wanted : 1;
  fields.leaveUnused("do_reduce_labels"); // of maps of labels
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    *compose(composer) {
      const upTo = (side: number) => Math.ceil(side / divisor) * divisor;
      const steps = yield* eachSize(composer.pictures, (picture) => {
        const content = doResize ? onMultiples(picture, size, multiple, keepAspect) : picture;
        const kept = crop ?? content;
        return { content, kept, canvas: { width: upTo(kept.width), height: upTo(kept.height) } };
      });
      const [first] = steps;
      let alike = true;
      yield* eachInSteps(steps, ({ canvas }) => {
        alike &&= sameSize(canvas, first.canvas);
      });
      yield* eachPicture(composer, (picture, index) => {
        const { content, kept, canvas } = steps[index];
        // The crop adds black around a small picture; the padding adds zeros after normalising.
        const shown = whole({ picture: index }, picture, content, filter, centred(content, kept, resampler));
        const placement = sameSize(kept, canvas) ? shown : crop
          ? whole(
            { view: composer.canvas({ canvas: kept, fill: BLACK, placements: [shown] }) },
            kept,
            kept,
            filter,
            centred(kept, canvas, resampler),
          )
          : whole({ picture: index }, picture, content, filter, centred(kept, canvas, resampler));
        const main = composer.canvas({
          canvas,
          fill: sameSize(kept, canvas) ? BLACK : { value: 0 },
          placements: [placement],
          target: composer.target(PIXELS, canvas, alike ? "c h w -> 1 c h w" : "c h w -> (c h w)"),
        });
        composer.image({ size: picture, main, grid: [1, 1] });
      });
      if (!alike) {
        const shapes = yield* mapInSteps(steps, ({ canvas }) => [3, canvas.height, canvas.width]);
        yield* composer.returnApartInSteps(PIXELS, shapes);
      }
    },
  };
}

/**
 * Returns the size to which a picture is resized, its sides rounded to multiples, halves to even.
 * Source: `get_resize_output_image_size`.
 * @throws {VitrailError} `shape` where a side rounds to 0, as torch fails there.
 */
function onMultiples(picture: Size, size: Size, multiple: number, keepAspect: boolean): Size {
  let across = size.width / picture.width, down = size.height / picture.height;
  if (keepAspect) {
    // The scale that is nearer to 1; where both are as near, that of the height.
    if (Math.abs(1 - across) < Math.abs(1 - down)) down = across;
    else across = down;
  }
  const rounded = (length: number) => roundHalfEven(length / multiple) * multiple;
  const to = { width: rounded(across * picture.width), height: rounded(down * picture.height) };
  if (to.width > 0 && to.height > 0) return to;
  throw refusal(NAME, picture, `a side of it would round to 0, the nearest multiple of ${multiple}`);
}
