import { type Size, sizeText } from "../../../plan/geometry.ts";
import { type ImageText, partsBetween, type TextPart } from "../../../plan/image_text.ts";
import { sizeRows } from "../../../plan/integers.ts";
import { PIXELS } from "../../../plan/plan.ts";
import { BLACK } from "../../../plan/tables/values.ts";
import type { PixelSource } from "../../../plan/view.ts";
import { mapInSteps } from "../../../runtime/in_steps.ts";
import { eachPicture, eachSize } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { CLIP, commonFields } from "../../parts/common_fields.ts";
import { centred, largestInSteps, whole } from "../../parts/placements.ts";
import { cropOf, exactSize, longestOrExact, type SizeKeys } from "../../parts/size_keys.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { NO_PIXELS, refusal } from "../../refusal.ts";

const NAME = "pixtral";

/**
 * Pixtral and Mistral Small 3. No side is longer than an edge, and both go up to whole patches. Zeros follow
 * up to the call's largest.
 *
 * Outputs: `pixel_values` `[pictures, 3, height, width]`, `image_sizes` `[pictures, 2]`, heights and widths
 * without the zeros. `spatial_merge_size` (1 by default, 2 for Mistral Small 3.1) is the processor's: patches
 * along each side of the group that becomes a token. Sides are multiples of such groups. `image_token`,
 * `image_break_token` and `image_end_token` are its texts.
 *
 * Source: transformers `models/pixtral/image_processing_pil_pixtral.py`, `processing_pixtral.py`.
 */
export function pixtral(fields: Fields): ProcessorRecipe {
  const { doResize, filter, resampler, values } = commonFields(fields, { filter: "bicubic", ...CLIP });
  const most = mostOf(fields), patch = patchOf(fields);
  const crop = cropOf(fields);
  const tokens = textsOf(fields);
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    *compose(composer) {
      const { pictures } = composer;
      const contents = yield* eachSize(
        pictures,
        (picture) => doResize ? fitted(picture, most, patch) : picture,
      );
      const kept = yield* mapInSteps(contents, (content, index) => {
        const { width, height } = crop ?? content;
        if (width >= patch.width && height >= patch.height) return { width, height };
        const field = crop ? "crop_size is smaller than one" : "do_resize is false";
        throw refusal(NAME, pictures[index], `it holds no patch of ${sizeText(patch)}, and ${field}`);
      });
      const canvas = yield* largestInSteps(kept);
      yield* eachPicture(composer, (picture, index) => {
        const content = contents[index];
        let source: PixelSource = { picture: index };
        let placement = whole(source, picture, content, filter);
        if (crop) {
          // The crop adds black around a smaller picture; the padding adds zeros after normalising.
          const placements = [whole(source, picture, content, filter, centred(content, crop, resampler))];
          source = { view: composer.canvas({ canvas: crop, fill: BLACK, placements }) };
          placement = whole(source, crop, crop, filter);
        }
        const main = composer.canvas({
          canvas,
          fill: { value: 0 },
          placements: [placement],
          target: composer.target(PIXELS, canvas, "c h w -> 1 c h w"),
        });
        const { width, height } = kept[index];
        const grid: [number, number] = [Math.floor(height / patch.height), Math.floor(width / patch.width)];
        composer.image({ ...expansion(grid, tokens), size: picture, main, grid });
      });
      composer.integers("image_sizes", yield* sizeRows(kept));
    },
  };
}

/** The most that a picture's height and width may be. */
function mostOf(fields: Fields): Size {
  const keys: SizeKeys = longestOrExact(fields) ?? { longest_edge: 1024 };
  return { height: keys.height ?? keys.longest_edge!, width: keys.width ?? keys.longest_edge! };
}

/** The size that sides are multiples of: `patch_size` times `spatial_merge_size`. */
function patchOf(fields: Fields): Size {
  const { height, width } = exactSize(fields, "patch_size") ?? { height: 16, width: 16 };
  const merge = fields.count("spatial_merge_size") ?? 1;
  return { height: height * merge, width: width * merge };
}

/** The texts of the processor's tokens. */
interface Texts {
  image: string;
  break: string;
  end: string;
}

function textsOf(fields: Fields): Texts {
  return {
    image: fields.text("image_token") ?? "[IMG]",
    break: fields.text("image_break_token") ?? "[IMG_BREAK]",
    end: fields.text("image_end_token") ?? "[IMG_END]",
  };
}

/**
 * The size within `most`, both sides up to whole patches.
 * Source: transformers `models/pixtral/image_processing_pixtral.py`, `get_resize_output_image_size`.
 * @throws {VitrailError} `shape` for a picture so long that a side would be 0.
 */
function fitted({ width, height }: Size, most: Size, patch: Size): Size {
  const ratio = Math.max(height / most.height, width / most.width);
  const within = (side: number) => ratio > 1 ? Math.floor(side / ratio) : side;
  const up = (side: number, step: number) => (Math.floor((side - 1) / step) + 1) * step;
  const size = { width: up(within(width), patch.width), height: up(within(height), patch.height) };
  if (size.width > 0 && size.height > 0) return size;
  throw refusal(NAME, { width, height }, `it would become ${size.width}x${size.height}, ${NO_PIXELS}`);
}

/**
 * The text that stands for a picture.
 * Source: `models/pixtral/processing_pixtral.py`, `replace_image_token`.
 */
function expansion([rows, columns]: [number, number], texts: Texts): ImageText {
  const line: TextPart[] = [[texts.image, columns]];
  return {
    tokens: rows * columns,
    parts: [...partsBetween(Array(rows).fill(line), texts.break), texts.end],
    token: texts.image,
    typed: "marks",
  };
}
