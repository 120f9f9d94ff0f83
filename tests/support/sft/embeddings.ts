import type { Collated } from "../../../src/sft/text/collate.ts";

/** Tiles of a picture: rows, columns. */
export type Grid = readonly [rows: number, columns: number];

/** A token's width: four patches of two channels each. */
const WIDTH = 8;
const CHANNELS = 2;
/** Tokens on a tile's side, after the merge of 2×2 patches. */
const SIDE = 20;
const PATCHES = (2 * SIDE) ** 2;

/**
 * The features that `collate.json` was made with: channel `c` of patch `n` of input `b` of the vision
 * encoder.
 */
function feature(b: number, n: number, c: number): number {
  const index = (b * PATCHES + n) * CHANNELS + c;
  return (Math.imul(index, 2654435761) >>> 8) / 2 ** 24;
}

/**
 * A picture's tokens `[tokens, 8]` of those features, as `CLIPVisionTower.forward` of InternLM-XComposer's
 * `build_mlp.py` orders them: the global view, a separator, the tiles side by side, a newline after each row
 * of tokens.
 *
 * @param first the encoder's input that is its global view; its tiles follow
 */
export function pictureTokens([rows, columns]: Grid, first: number): Float32Array {
  const values: number[] = [];
  const newline = Array.from({ length: WIDTH }, (_, k) => -(k + 1) / 16 - 4096);
  const pushView = (inputOf: (row: number, column: number) => number, rows: number, columns: number) => {
    for (let y = 0; y < rows * SIDE; y++) {
      for (let x = 0; x < columns * SIDE; x++) {
        const input = inputOf(Math.floor(y / SIDE), Math.floor(x / SIDE));
        for (let k = 0; k < WIDTH; k++) {
          const patchY = 2 * (y % SIDE) + (k >> 2), patchX = 2 * (x % SIDE) + (k >> 1 & 1);
          values.push(feature(input, patchY * 2 * SIDE + patchX, k & 1));
        }
      }
      values.push(...newline);
    }
  };
  pushView(() => first, 1, 1);
  for (let k = 0; k < WIDTH; k++) values.push(-(k + 1) / 16);
  pushView((row, column) => first + 1 + row * columns + column, rows, columns);
  return Float32Array.from(values);
}

/**
 * A batch's embeddings `[samples, length, 8]`: a token's id in each channel, and pictures' tokens in their
 * spans.
 */
export function embeddingsOf({ input_ids, spans }: Collated, pictures: Float32Array[][]): Float32Array {
  const length = input_ids.shape[1];
  const values = new Float32Array(input_ids.data.length * WIDTH);
  for (const [index, id] of input_ids.data.entries()) {
    values.fill(Number(id), index * WIDTH, (index + 1) * WIDTH);
  }
  for (const [sample, own] of spans.entries()) {
    for (const [picture, span] of own.entries()) {
      const tokens = pictures[sample][picture].subarray(0, span.length * WIDTH);
      values.set(tokens, (sample * length + span.start) * WIDTH);
    }
  }
  return values;
}
