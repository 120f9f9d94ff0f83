import type { Composer } from "../../plan/composer.ts";
import type { Size } from "../../plan/geometry.ts";
import { PIXELS } from "../../plan/plan.ts";
import { CLIP_MEAN, CLIP_STD } from "../../plan/values.ts";
import type { Fields } from "../fields.ts";
import type { ProcessorRecipe } from "../recipe.ts";
import { commonOf, type SizeKeys, sizeKeys, squareOf, whole } from "./common.ts";

/**
 * CLIP: the shorter side to `size`, and the middle `crop_size` of it: `pixel_values` `[pictures, 3, height, width]`.
 * Source: transformers `image_processing_backends.py`, `PilBackend._preprocess`, with `models/clip`'s defaults.
 */
export function clip(fields: Fields): ProcessorRecipe {
  const { doResize, filter, values } = commonOf(fields, {
    filter: "bicubic",
    mean: CLIP_MEAN,
    std: CLIP_STD,
  });
  const size = sizeKeys(fields, "size", true) ?? { shortest_edge: 224 };
  const crop = (fields.boolean("do_center_crop") ?? true)
    ? squareOf(fields, "crop_size") ?? { width: 224, height: 224 }
    : undefined;
  fields.ignore("crop_size");
  return {
    kind: "processor",
    name: "clip",
    parameters: fields.given(),
    values,
    compose(composer: Composer) {
      for (const [index, picture] of composer.pictures.entries()) {
        const content = doResize ? resizedTo(picture, size) : picture;
        const canvas = crop ?? content;
        const offset = centred(content, canvas);
        const main = composer.canvas({
          canvas,
          fill: [0, 0, 0],
          placements: [whole({ picture: index }, picture, content, filter, offset)],
          target: composer.target(PIXELS, canvas, "c h w -> 1 c h w"),
        });
        composer.image({ size: picture, main, grid: [1, 1] });
      }
    },
  };
}

/**
 * The size that a `size` field asks for: the shortest edge at a length and the other in proportion, truncated; or a size as given.
 * Source: transformers `image_transforms.py`, `get_resize_output_image_size`.
 */
export function resizedTo({ width, height }: Size, keys: SizeKeys): Size {
  if (keys.height !== undefined && keys.width !== undefined) {
    return { width: keys.width, height: keys.height };
  }
  const edge = keys.shortest_edge!;
  const [short, long] = width <= height ? [width, height] : [height, width];
  const longer = Math.trunc(edge * long / short);
  return width <= height ? { width: edge, height: longer } : { width: longer, height: edge };
}

/** Where a content lies on a canvas that shows its middle, or all of it with as much around. Source: `center_crop`. */
export function centred(content: Size, canvas: Size): { x: number; y: number } {
  const place = (inner: number, outer: number) => {
    if (inner >= outer) return -Math.floor((inner - outer) / 2);
    return Math.ceil((outer - inner) / 2);
  };
  return { x: place(content.width, canvas.width), y: place(content.height, canvas.height) };
}
