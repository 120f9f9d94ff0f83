import type { Grid } from "./embeddings.ts";

/** Whole numbers, by their sha256 as int64 and by the run-length encoding `[value, count]` of each row. */
export interface GoldenLongs {
  shape: [number, number];
  sha256_i64: string;
  rle: [value: number, count: number][][];
}

/** Floats, by the sha256 of them as f32 and by samples at even distances. */
export interface GoldenFloats {
  shape: [number, number, number];
  sha256: string;
  samples: number[];
}

/** A call of the reference's collation, and what it gave or the error that it raised. */
export interface GoldenCase {
  case: string;
  tokenizer: "byte" | "word";
  max_length: number;
  text?: string;
  ids?: number[];
  texts_sha256: string[];
  image_tiles_hw: Grid[][] | Grid[];
  /** In `v2` cases, each sample's pictures and the tokens that each of them becomes. */
  features_cnt_len?: [pictures: number, tokens: number][];
  input_ids?: GoldenLongs;
  attention_mask: GoldenLongs;
  targets: GoldenLongs;
  im_mask?: GoldenLongs;
  inputs_embeds?: GoldenFloats;
  error?: string;
  query: string;
  history: [string, string][];
  meta: string;
  temp_len: number;
}
