import type { Composer } from "../../plan/composer.ts";
import type { Size } from "../../plan/geometry.ts";
import { PIXELS } from "../../plan/plan.ts";
import { BLACK } from "../../plan/tables/values.ts";
import type { PixelSource } from "../../plan/view.ts";
import type { Fields } from "../fields.ts";
import type { ProcessorRecipe } from "../recipe.ts";
import { refusal } from "../refusal.ts";
import { type CommonDefaults, commonFields } from "./common_fields.ts";
import { expandedTile, towerOf } from "./image_tokens.ts";
import { centred, largestOf, whole } from "./placements.ts";
import { resizedSize } from "./resized_size.ts";
import { cropOf, exactSize, resizeKeys, type SizeKeys } from "./size_keys.ts";

/** The defaults of a class without steps of its own. */
export interface PlainDefaults extends CommonDefaults {
  /** `size` by default. */
  size: SizeKeys;
  /** The middle that it keeps; absent: it does not crop. */
  crop?: Size;
  /** Tokens a picture, where the class's fields say so. */
  tokens?: number;
}

/**
 * Makes the recipe of a class that has only the steps that all classes inherit. A picture is resized, its
 * middle is kept, and bytes become values. With `do_pad`, zeros follow up to `pad_size` or the call's
 * largest.
 *
 * Outputs: `pixel_values` `[pictures, 3, height, width]`. Where the config names LLaVA's processor, its
 * fields give the tokens.
 *
 * Source: transformers `image_processing_backends.py`, `PilBackend._preprocess`.
 */
export function plainProcessor(name: string, fields: Fields, defaults: PlainDefaults): ProcessorRecipe {
  const { doResize, filter, resampler, values } = commonFields(fields, defaults);
  const size = resizeKeys(fields, defaults.size, "shortest_edge");
  const crop = cropOf(fields, defaults.crop);
  const doPad = fields.boolean("do_pad") ?? false;
  const padSize = exactSize(fields, "pad_size");
  const tower = fields.text("processor_class") === "LlavaProcessor" ? towerOf(fields) : undefined;
  return {
    kind: "processor",
    name,
    parameters: fields.given(),
    values,
    compose(composer: Composer) {
      const contents = composer.pictures.map((picture) => doResize ? resizedSize(picture, size) : picture);
      const kept = contents.map((content) => crop ?? content);
      const padded = doPad ? padSize ?? largestOf(kept) : undefined;
      for (const [index, picture] of composer.pictures.entries()) {
        const content = contents[index], canvas = padded ?? kept[index];
        if (kept[index].width > canvas.width || kept[index].height > canvas.height) {
          throw refusal(name, picture, `pad_size is smaller than what it becomes`);
        }
        let source: PixelSource = { picture: index };
        let placement = whole(source, picture, content, filter, centred(content, kept[index], resampler));
        if (crop && padded) {
          // The crop adds black around a small picture; the padding adds zeros after normalising.
          source = { view: composer.canvas({ canvas: crop, fill: BLACK, placements: [placement] }) };
          placement = whole(source, crop, crop, filter);
        }
        const main = composer.canvas({
          canvas,
          fill: padded ? { value: 0 } : BLACK,
          placements: [placement],
          target: composer.target(PIXELS, canvas, "c h w -> 1 c h w"),
        });
        const expansion = expandedTile(tower, canvas);
        composer.image({ size: picture, main, grid: [1, 1], tokens: defaults.tokens, ...expansion });
      }
    },
  };
}
