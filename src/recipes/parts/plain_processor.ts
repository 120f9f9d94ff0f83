import type { Composer } from "../../plan/composer.ts";
import type { Size } from "../../plan/geometry.ts";
import { PIXELS } from "../../plan/plan.ts";
import { BLACK } from "../../plan/tables/values.ts";
import type { AlphaTreatment } from "../../plan/preprocessing.ts";
import type { PixelSource } from "../../plan/view.ts";
import { mapInSteps } from "../../runtime/in_steps.ts";
import { eachPicture, eachSize } from "../each_picture.ts";
import type { Fields } from "../fields.ts";
import type { ProcessorRecipe } from "../recipe.ts";
import { refusal } from "../refusal.ts";
import { type CommonDefaults, commonFields } from "./common_fields.ts";
import { expandedTile, type Expansion, type Tower, towerOf } from "./image_tokens.ts";
import { centred, largestInSteps, whole } from "./placements.ts";
import { resizedSize } from "./resized_size.ts";
import { cropOf, exactSize, type NumberMeans, resizeKeys, type SizeKeys } from "./size_keys.ts";

/** The defaults of a class without steps of its own. */
export interface PlainDefaults extends CommonDefaults {
  /** `size` by default. */
  size: SizeKeys;
  /** The size that another field than `size` gives; it has precedence. */
  sizeGiven?: SizeKeys;
  /** The middle that it keeps; absent: it does not crop. */
  crop?: Size;
  /** The size up to which it pads; absent: it pads only where `do_pad` says so. */
  pad?: Size;
  /** True for a class that never pads. */
  unpadded?: boolean;
  /** The meaning of a `size` that is one number; the shorter side where absent. */
  numberMeans?: NumberMeans;
  /** The output's name; `pixel_values` where absent. */
  output?: string;
  /** The text that stands for a picture, where the class's own processor knows it. */
  expansion?: Expansion;
  /** The tower that the class's own processor knows. */
  tower?: Tower;
  /** The treatment of transparency; it is ignored where absent. */
  alpha?: AlphaTreatment;
}

/**
 * Makes the recipe of a class that has only the steps that all classes inherit. A picture is resized, its
 * middle is kept, and bytes become values. With `do_pad`, zeros follow up to `pad_size` or the call's
 * largest.
 *
 * Output: `[pictures, 3, height, width]`, under the class's name for it. Where the config names LLaVA's
 * processor, its fields give the tokens.
 *
 * Source: transformers `image_processing_backends.py`, `PilBackend._preprocess`.
 */
export function plainProcessor(name: string, fields: Fields, defaults: PlainDefaults): ProcessorRecipe {
  const { doResize, filter, resampler, values } = commonFields(fields, defaults);
  const { output = PIXELS, alpha } = defaults;
  const size = defaults.sizeGiven ??
    resizeKeys(fields, defaults.size, defaults.numberMeans ?? "shortest_edge");
  const crop = cropOf(fields, defaults.crop);
  const { doPad, padSize } = defaults.unpadded ? { doPad: false } : paddingOf(fields, defaults.pad);
  const ofLlava = fields.text("processor_class") === "LlavaProcessor";
  const tower = defaults.tower ?? (ofLlava ? towerOf(fields) : undefined);
  return {
    kind: "processor",
    name,
    parameters: fields.given(),
    values,
    ...(alpha ? { alpha } : {}),
    *compose(composer: Composer) {
      const contents = yield* eachSize(
        composer.pictures,
        (picture) => doResize ? resizedSize(picture, size) : picture,
      );
      const kept = yield* mapInSteps(contents, (content) => crop ?? content);
      const padded = doPad ? padSize ?? (yield* largestInSteps(kept)) : undefined;
      yield* eachPicture(composer, (picture, index) => {
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
          target: composer.target(output, canvas, "c h w -> 1 c h w"),
        });
        const expansion = tower ? expandedTile(tower, canvas) : defaults.expansion;
        composer.image({ ...expansion, size: picture, main, grid: [1, 1], output });
      });
    },
  };
}

/** Reads whether pictures are padded, and up to which size; absent: up to the call's largest. */
function paddingOf(fields: Fields, pad?: Size): { doPad: boolean; padSize?: Size } {
  return {
    doPad: fields.boolean("do_pad") ?? pad !== undefined,
    padSize: exactSize(fields, "pad_size") ?? (fields.isNull("pad_size") ? undefined : pad),
  };
}
