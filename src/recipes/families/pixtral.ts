import type { Composer } from "../../plan/composer.ts";
import type { Size } from "../../plan/geometry.ts";
import { sizeRows } from "../../plan/integers.ts";
import { PIXELS } from "../../plan/plan.ts";
import type { PixelSource } from "../../plan/view.ts";
import { CLIP_MEAN, CLIP_STD } from "../../plan/tables/values.ts";
import type { Fields } from "../fields.ts";
import type { ProcessorRecipe } from "../recipe.ts";
import { commonOf, largestOf, type SizeKeys, sizeKeys, squareOf, whole } from "../parts/common_fields.ts";
import { centred, cropOf } from "../parts/resized_size.ts";

/**
 * Pixtral and Mistral Small 3: no side longer than an edge, both up to whole patches, zeros after them up to the call's largest:
 * `pixel_values` `[pictures, 3, height, width]`, `image_sizes` `[pictures, 2]`, heights and widths without the zeros.
 * `spatial_merge_size` (1 by default, 2 for Mistral Small 3.1) is the processor's: patches along each side of the group that
 * becomes a token, and sides are whole groups then. `image_token`, `image_break_token` and `image_end_token` are its texts.
 * PixelSource: transformers `models/pixtral/image_processing_pil_pixtral.py`, `processing_pixtral.py`.
 */
export function pixtral(fields: Fields): ProcessorRecipe {
  const { doResize, filter, resampler, values } = commonOf(fields, {
    filter: "bicubic",
    mean: CLIP_MEAN,
    std: CLIP_STD,
  });
  const most = mostOf(fields), patch = patchOf(fields);
  const crop = cropOf(fields, false);
  const texts = {
    image: fields.text("image_token") ?? "[IMG]",
    break: fields.text("image_break_token") ?? "[IMG_BREAK]",
    end: fields.text("image_end_token") ?? "[IMG_END]",
  };
  return {
    kind: "processor",
    name: "pixtral",
    parameters: fields.given(),
    values,
    compose(composer: Composer) {
      const contents = composer.pictures.map((picture) => doResize ? fitted(picture, most, patch) : picture);
      const shown = contents.map((content) => crop ?? content);
      const canvas = largestOf(shown);
      for (const [index, picture] of composer.pictures.entries()) {
        const content = contents[index];
        let source: PixelSource = { picture: index };
        let placement = whole(source, picture, content, filter);
        if (crop) {
          // What a crop adds around a smaller picture is black, what the padding adds is zero after normalising.
          const placements = [whole(source, picture, content, filter, centred(content, crop, resampler))];
          source = { view: composer.canvas({ canvas: crop, fill: [0, 0, 0], placements }) };
          placement = whole(source, crop, crop, filter);
        }
        const main = composer.canvas({
          canvas,
          fill: { value: 0 },
          placements: [placement],
          target: composer.target(PIXELS, canvas, "c h w -> 1 c h w"),
        });
        const { width, height } = shown[index];
        const grid: [number, number] = [Math.floor(height / patch.height), Math.floor(width / patch.width)];
        composer.image({ size: picture, main, grid, ...expansion(grid, texts) });
      }
      composer.integers("image_sizes", sizeRows(shown));
    },
  };
}

/** How high and wide a picture may be. */
function mostOf(fields: Fields): Size {
  const keys: SizeKeys = sizeKeys(fields, "size") ?? { longest_edge: 1024 };
  if (!["longest_edge", "height,width"].includes(Object.keys(keys).sort().join())) {
    throw fields.bad("size", "an object with longest_edge, or with height and width");
  }
  return { height: keys.height ?? keys.longest_edge!, width: keys.width ?? keys.longest_edge! };
}

/** What sides are multiples of: `patch_size` and `spatial_merge_size`. */
function patchOf(fields: Fields): Size {
  const { height, width } = squareOf(fields, "patch_size") ?? { height: 16, width: 16 };
  const merge = fields.count("spatial_merge_size") ?? 1;
  return { height: height * merge, width: width * merge };
}

/** PixelSource: transformers `models/pixtral/image_processing_pixtral.py`, `get_resize_output_image_size`. */
function fitted({ width, height }: Size, most: Size, patch: Size): Size {
  const ratio = Math.max(height / most.height, width / most.width);
  const within = (side: number) => ratio > 1 ? Math.floor(side / ratio) : side;
  const up = (side: number, step: number) => (Math.floor((side - 1) / step) + 1) * step;
  return { width: up(within(width), patch.width), height: up(within(height), patch.height) };
}

/** PixelSource: transformers `models/pixtral/processing_pixtral.py`, `replace_image_token`. */
function expansion([rows, columns]: [number, number], texts: { image: string; break: string; end: string }) {
  const line = texts.image.repeat(columns);
  return { tokens: rows * columns, placeholder: Array(rows).fill(line).join(texts.break) + texts.end };
}
