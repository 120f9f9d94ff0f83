import type { Composer } from "../../plan/composer.ts";
import { PIXELS } from "../../plan/plan.ts";
import { CLIP_MEAN, CLIP_STD } from "../../plan/tables/values.ts";
import type { Fields } from "../fields.ts";
import type { ProcessorRecipe } from "../recipe.ts";
import { commonOf } from "../parts/common_fields.ts";
import { resizedTo, resizeKeys } from "../parts/resized_size.ts";
import { composeGrid, croppingOf, nearestGrid } from "../parts/tile_grids.ts";

/** What one feature is called by each processor that works with this class. */
const FEATURE = { GotOcr2Processor: "<imgpad>", InternVLProcessor: "<IMG_CONTEXT>" };

/**
 * InternVL and GOT-OCR2: with `crop_to_patches` the grid of tiles whose aspect is nearest, and after them the whole picture as
 * one more tile; without it that alone: `pixel_values` `[tiles, 3, height, width]`, `num_patches` `[pictures]`. The config
 * of InternVL leaves `crop_to_patches` off, and its `InternVLProcessor` asks for it all the same.
 * Tokens are the features; the processor's `image_seq_length` says how many a tile becomes (256 by default).
 * Source: transformers `models/got_ocr2/image_processing_pil_got_ocr2.py`; `models/internvl/processing_internvl.py` and
 * `models/got_ocr2/processing_got_ocr2.py`, which differ in what they call a feature: `processor_class` says whose the text is.
 */
export function gotOcr2(fields: Fields): ProcessorRecipe {
  const defaults = { filter: "bicubic", mean: CLIP_MEAN, std: CLIP_STD } as const;
  const { doResize, filter, resampler, values } = commonOf(fields, defaults);
  const size = resizeKeys(fields, "size", { height: 384, width: 384 }, false);
  const cropping = croppingOf(fields, size);
  const length = fields.count("image_seq_length") ?? 256;
  const processor = fields.text("processor_class");
  const feature = processor === "InternVLProcessor" ? FEATURE.InternVLProcessor : FEATURE.GotOcr2Processor;
  return {
    kind: "processor",
    name: "got_ocr2",
    parameters: fields.given(),
    values,
    compose(composer: Composer) {
      const counts: number[] = [];
      for (const [index, picture] of composer.pictures.entries()) {
        const before = composer.rows(PIXELS), one = { columns: 1, rows: 1 };
        const grid = cropping ? nearestGrid(picture, cropping) : one;
        const tile = cropping?.size ?? (doResize ? resizedTo(picture, size) : picture);
        const main = composeGrid(composer, index, grid, tile, { filter, resampler });
        if (grid.columns * grid.rows > 1) composeGrid(composer, index, one, tile, { filter, resampler });
        const count = composer.rows(PIXELS) - before, tokens = count * length;
        const placeholder = `<img>${feature.repeat(tokens)}</img>`;
        composer.image({ size: picture, main, grid: [grid.rows, grid.columns], tokens, placeholder });
        counts.push(count);
      }
      composer.integers("num_patches", { dtype: "i64", shape: [counts.length], values: counts });
    },
  };
}
