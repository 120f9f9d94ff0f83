import type { Composer } from "../../plan/composer.ts";
import { type Size, wholeOf } from "../../plan/geometry.ts";
import { PIXELS } from "../../plan/plan.ts";
import type { PixelSource } from "../../plan/view.ts";
import type { Fields } from "../fields.ts";
import type { ProcessorRecipe } from "../recipe.ts";
import {
  type CommonDefaults,
  commonOf,
  largestOf,
  refused,
  type SizeKeys,
  squareOf,
  whole,
} from "./common_fields.ts";
import { expandedTile, towerOf } from "./image_tokens.ts";
import { centred, cropOf, resizedTo, resizeKeys } from "./resized_size.ts";

/** What a class without steps of its own defaults to. */
export interface PlainDefaults extends CommonDefaults {
  size: SizeKeys;
  /** The middle that it shows; absent: it does not crop. */
  crop?: Size;
  /** Tokens a picture, where the class's fields say so. */
  tokens?: number;
}

/**
 * The steps that every class has unless it says otherwise: resize, the middle of that, values, and where `do_pad` asks for
 * it zeros after them up to `pad_size` or the call's largest. `pixel_values` is `[pictures, 3, height, width]`. Where LLaVA's
 * processor is named, its fields give the tokens.
 * PixelSource: transformers `image_processing_backends.py`, `PilBackend._preprocess`.
 */
export function plainProcessor(name: string, fields: Fields, defaults: PlainDefaults): ProcessorRecipe {
  const { doResize, filter, resampler, values } = commonOf(fields, defaults);
  const size = resizeKeys(fields, "size", defaults.size, true);
  const crop = cropOf(fields, defaults.crop !== undefined, defaults.crop);
  const doPad = fields.boolean("do_pad") ?? false;
  const padSize = squareOf(fields, "pad_size");
  const tower = fields.text("processor_class") === "LlavaProcessor" ? towerOf(fields) : undefined;
  return {
    kind: "processor",
    name,
    parameters: fields.given(),
    values,
    compose(composer: Composer) {
      const contents = composer.pictures.map((picture) => doResize ? resizedTo(picture, size) : picture);
      const shown = contents.map((content) => crop ?? content);
      const padded = doPad ? padSize ?? largestOf(shown) : undefined;
      for (const [index, picture] of composer.pictures.entries()) {
        const content = contents[index], canvas = padded ?? shown[index];
        if (shown[index].width > canvas.width || shown[index].height > canvas.height) {
          throw refused(name, picture, `pad_size is smaller than what it becomes`);
        }
        let source: PixelSource = { picture: index };
        let placement = whole(source, picture, content, filter, centred(content, shown[index], resampler));
        if (crop && padded) {
          // What the crop adds around a small picture is bytes, what the padding adds is zero after normalising.
          source = { view: composer.canvas({ canvas: crop, fill: [0, 0, 0], placements: [placement] }) };
          placement = { ...placement, source, crop: wholeOf(crop), content: crop, offset: { x: 0, y: 0 } };
        }
        const main = composer.canvas({
          canvas,
          fill: padded ? { value: 0 } : [0, 0, 0],
          placements: [placement],
          target: composer.target(PIXELS, canvas, "c h w -> 1 c h w"),
        });
        composer.image({
          size: picture,
          main,
          grid: [1, 1],
          tokens: defaults.tokens,
          ...expandedTile(tower, canvas),
        });
      }
    },
  };
}
