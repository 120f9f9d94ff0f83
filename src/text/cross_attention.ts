import { longsOf } from "../plan/integers.ts";

/** One row of a batch: where its pictures' tokens stand, padding counted, and how many tiles each has. */
export interface AttendedRow {
  /** The offset of each picture's token. */
  readonly offsets: readonly number[];
  /** The tiles of each picture. */
  readonly tiles: readonly number[];
}

/** The tiles that each token attends to. */
export interface CrossAttentionMask {
  /** safetensors' name of the element type. */
  readonly dtype: "I64";
  /** `[rows, length, pictures, tiles]` */
  readonly shape: readonly [rows: number, length: number, pictures: number, tiles: number];
  /** 1 where a token attends to a tile, otherwise 0. */
  readonly data: BigInt64Array;
}

/**
 * Returns which tokens attend to which tiles of a model whose pictures enter by cross-attention. A picture is
 * seen from its token up to the next picture's. Of pictures that stand together, all are seen as long as the
 * last of them, and the last of a row is seen through the row's end, padding among it.
 *
 * Source: transformers `models/mllama/processing_mllama.py`, `get_cross_attention_token_mask` and
 * `convert_sparse_cross_attention_mask_to_dense`.
 *
 * @param length the length of the padded rows
 * @param most the most tiles that a picture may have
 */
export function crossAttentionMask(
  rows: readonly AttendedRow[],
  length: number,
  most: number,
): CrossAttentionMask {
  const pictures = Math.max(0, ...rows.map(({ offsets }) => offsets.length));
  const ones = new Uint8Array(rows.length * length * pictures * most);
  for (const [row, { offsets, tiles }] of rows.entries()) {
    const ends = endsOf(offsets, length);
    for (const [picture, from] of offsets.entries()) {
      for (let token = from; token < ends[picture]; token++) {
        const at = ((row * length + token) * pictures + picture) * most;
        ones.fill(1, at, at + Math.min(tiles[picture], most));
      }
    }
  }
  return { dtype: "I64", shape: [rows.length, length, pictures, most], data: longsOf(ones) };
}

/** Returns the token after the last that sees each picture. */
function endsOf(offsets: readonly number[], length: number): number[] {
  const ends = [...offsets.slice(1), length];
  for (let i = offsets.length - 2; i >= 0; i--) {
    if (ends[i] === offsets[i] + 1) ends[i] = ends[i + 1];
  }
  return ends;
}
