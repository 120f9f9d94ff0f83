import type { TensorSource } from "../../formats/safetensors_pieces.ts";
import { longsOf } from "../../plan/integers.ts";
import type { TextRow } from "../text/sample_text.ts";
import { integers, long, offsetsOf } from "./list_tensors.ts";

/**
 * Returns the tensors of rows of tokens, without padding; none where there are no rows.
 *
 * | tensor | shape | |
 * | --- | --- | --- |
 * | `input_ids` (+ `_offsets`) | I64 | the sample's tokens |
 * | `labels` | I64 | beside them: the ids that are to be learnt, and −100 |
 * | `mm_token_type_ids` | U8 | beside them: 0 for text, 1 for pictures', 2 for clips'; absent: not known |
 * | `im_mask` | BOOL | in its place for InternLM-XComposer: 1 at pictures' tokens |
 * | `position_ids` | I32 or F32 `[…, axes]` | beside them, where the model counts along several axes |
 * | `rope_deltas` | I32 or F32 `[samples]` | with these: the next token's position less the count of tokens |
 * | `row_lengths` | I32 `[samples]` | the sample's tokens before the cut to `--max-length` |
 * | `sample_spans` | I32 `[…, 3]` | beside `sample_pictures`: first token, tokens in the row, tokens in all |
 * | `sample_attended` | I32 | beside `sample_pictures`: the tiles that tokens attend to |
 */
export function tokenTensors(rows: readonly TextRow[]): TensorSource[] {
  if (rows.length === 0) return [];
  const offsets = offsetsOf(rows.map(({ ids }) => ids.length)), total = offsets.at(-1)!;
  const long64 = (of: (row: TextRow) => Int32Array) => rows.map((row) => longsOf(of(row)));
  const typed = rows.every(({ types }) => types !== undefined);
  const spans = rows.flatMap(({ spans }) => spans);
  const attended = rows.flatMap(({ attended = [] }) => attended);
  return [
    { name: "input_ids", dtype: "I64", shape: [total], data: long64(({ ids }) => ids) },
    long("input_ids_offsets", offsets),
    integers("row_lengths", rows.map(({ whole }) => [whole])),
    { name: "labels", dtype: "I64", shape: [total], data: long64(({ labels }) => labels) },
    typed
      ? { name: "mm_token_type_ids", dtype: "U8", shape: [total], data: rows.map(({ types }) => types!) }
      : { name: "im_mask", dtype: "BOOL", shape: [total], data: rows.map(maskOf) },
    ...positionTensors(rows, total),
    integers("sample_spans", spans.map(({ start, length, tokens }) => [start, length, tokens]), 3),
    ...(attended.length > 0 ? [integers("sample_attended", attended.map(({ tiles }) => [tiles]))] : []),
  ];
}

/** Returns the tensors of positions along several axes; none where a model counts along one. */
function positionTensors(rows: readonly TextRow[], total: number): TensorSource[] {
  if (!rows.every(({ positions }) => positions !== undefined)) return [];
  const axes = Math.max(...rows.map(({ positions, ids }) => positions!.length / Math.max(ids.length, 1)));
  const [dtype, Numbers] = rows[0].positions instanceof Float32Array
    ? ["F32", Float32Array] as const
    : ["I32", Int32Array] as const;
  const data = rows.map((row) => byToken(row, axes, new Numbers(row.positions!.length)));
  const deltas = Numbers.from(rows.map(({ ropeDelta = 0 }) => ropeDelta));
  return [
    { name: "position_ids", dtype, shape: [total, axes], data },
    { name: "rope_deltas", dtype, shape: [rows.length], data: deltas },
  ];
}

/** Returns a row's positions token after token, `[length, axes]`, in `numbers`. */
function byToken<T extends Int32Array | Float32Array>(
  { positions, ids: { length } }: TextRow,
  axes: number,
  numbers: T,
): T {
  for (let axis = 0; axis < axes; axis++) {
    for (let token = 0; token < length; token++) {
      numbers[token * axes + axis] = positions![axis * length + token];
    }
  }
  return numbers;
}

/** Returns the mask of a row: 1 at the tokens that are a picture's. */
export function maskOf({ ids, spans }: TextRow): Uint8Array {
  const mask = new Uint8Array(ids.length);
  for (const { start, length } of spans) mask.fill(1, start, start + length);
  return mask;
}
