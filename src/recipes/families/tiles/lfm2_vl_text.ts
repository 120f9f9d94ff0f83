import type { Size } from "../../../plan/geometry.ts";
import type { ImageText, TextPart } from "../../../plan/image_text.ts";
import type { Grid } from "../../parts/tile_grids.ts";

/** The sizes by which LFM2-VL's processor counts tokens. */
export interface LfmSizes {
  /** The side of a patch, pixels. */
  patch: number;
  /** Patches along each side of the group that becomes one token. */
  factor: number;
  /** The side of a tile, pixels. */
  side: number;
  /** True where all of a picture follows its tiles. */
  thumbnail: boolean;
  /** True where marks stand around tiles. */
  marked: boolean;
}

/**
 * Returns the text that stands for a picture: its tiles by row and column, then all of it.
 * Source: transformers `models/lfm2_vl/processing_lfm2_vl.py`, `_build_image_tokens`.
 * @param size the size that all of the picture is resized to
 */
export function lfmText({ rows, columns }: Grid, size: Size, sizes: LfmSizes): ImageText {
  const { side, thumbnail, marked } = sizes, token = "<image>";
  const all = tokensOf(size, sizes), each = tokensOf({ width: side, height: side }, sizes);
  const mark = (text: string) => marked ? text : "";
  const parts: TextPart[] = [];
  let tokens = 0;
  const add = (text: string, count: number) => {
    parts.push(mark(text), [token, count]);
    tokens += count;
  };
  if (rows * columns === 1) add("", all);
  else {
    for (let row = 1; row <= rows; row++) {
      for (let column = 1; column <= columns; column++) add(`<|img_row_${row}_col_${column}|>`, each);
    }
    if (thumbnail) add("<|img_thumbnail|>", all);
  }
  return { tokens, parts: [mark("<|image_start|>"), ...parts, mark("<|image_end|>")], token };
}

/** Counts the tokens of a tile. */
function tokensOf({ width, height }: Size, { patch, factor }: LfmSizes): number {
  const along = (side: number) => Math.ceil(Math.floor(side / patch) / factor);
  return along(height) * along(width);
}
