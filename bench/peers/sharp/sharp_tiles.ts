import sharp from "sharp";
import { MEAN, MOST_TILES, STD, TILE } from "../work.ts";

/** A decoded picture. */
export interface Pixels {
  data: Uint8Array;
  width: number;
  height: number;
  channels: 3 | 4;
}

/** The normalised value of each byte, for red, then green, then blue. */
const TABLE = Float32Array.from(
  { length: 768 },
  (_, i) => ((i & 255) / 255 - MEAN[i >> 8]) / STD[i >> 8],
);

/**
 * Makes one picture's global view and tiles, `[1 + h · w, 3, 336, 336]`.
 * @param used an array that is no longer needed, which is filled where it is as long as the result
 */
export async function tiles(
  input: Uint8Array | Pixels,
  used?: Float32Array<ArrayBuffer>,
): Promise<Float32Array<ArrayBuffer>> {
  const image = input instanceof Uint8Array
    ? sharp(input)
    : sharp(input.data, { raw: { width: input.width, height: input.height, channels: input.channels } });
  const size = input instanceof Uint8Array ? await image.metadata() : input;
  const { content, canvas } = canvasOf(size.width, size.height);
  const left = (canvas.width - content.width) >> 1, top = (canvas.height - content.height) >> 1;
  const padded = await image
    .removeAlpha()
    .resize(content.width, content.height, { fit: "fill", kernel: "linear" })
    .extend({
      left,
      top,
      right: canvas.width - content.width - left,
      bottom: canvas.height - content.height - top,
      background: "white",
    })
    .raw().toBuffer();
  const global = await sharp(padded, { raw: { ...canvas, channels: 3 } })
    .resize(TILE, TILE, { fit: "fill", kernel: "cubic" }).raw().toBuffer();
  const columns = canvas.width / TILE, rows = canvas.height / TILE;
  const length = (1 + rows * columns) * 3 * TILE * TILE;
  const values = used?.length === length ? used : new Float32Array(length);
  tile(global, values, 0, 1, 1);
  tile(padded, values, 3 * TILE * TILE, rows, columns);
  return values;
}

/**
 * The content and canvas of `HD_transform`: the most columns within `MOST_TILES`, transposed for a portrait.
 */
function canvasOf(width: number, height: number) {
  const transposed = width < height, ratio = transposed ? height / width : width / height;
  let columns = 1;
  while (columns * Math.ceil(columns / ratio) <= MOST_TILES) columns++;
  const long = (columns - 1) * TILE, short = Math.trunc(long / ratio);
  const content = { width: long, height: short };
  const canvas = { width: long, height: Math.ceil(short / TILE) * TILE };
  const back = ({ width, height }: typeof content) =>
    transposed ? { width: height, height: width } : { width, height };
  return { content: back(content), canvas: back(canvas) };
}

/** Cuts RGB bytes `[h · 336, w · 336, 3]` into normalised tiles `[h · w, 3, 336, 336]`, from `base` on. */
function tile(rgb: Uint8Array, values: Float32Array, base: number, rows: number, columns: number): void {
  const plane = TILE * TILE;
  let from = 0;
  for (let y = 0; y < rows * TILE; y++) {
    const row = Math.floor(y / TILE), within = (y % TILE) * TILE;
    for (let column = 0; column < columns; column++) {
      let to = base + (row * columns + column) * 3 * plane + within;
      for (const end = to + TILE; to < end; to++, from += 3) {
        values[to] = TABLE[rgb[from]];
        values[to + plane] = TABLE[256 + rgb[from + 1]];
        values[to + 2 * plane] = TABLE[512 + rgb[from + 2]];
      }
    }
  }
}
