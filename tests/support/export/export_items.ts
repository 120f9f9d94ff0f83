import type { ExportColumns, ExportItem, ExportTensor } from "../../../src/sft/export/export_item.ts";
import type { StoredDtype } from "../../../src/formats/stored_dtype.ts";
import { tensorOf } from "../sft/hand_made_shards.ts";

/** Returns a tensor of a row. */
function exportTensor(dtype: StoredDtype, shape: number[], values: readonly number[]): ExportTensor {
  const { buffer } = tensorOf("", dtype, shape, values).data as Uint8Array;
  return { dtype, shape, bytes: () => Promise.resolve(new Uint8Array(buffer)) };
}

/** Rows with tensors of every kind: two of the first have no pictures, and no list. */
export const ITEMS: readonly ExportItem[] = [
  {
    position: 3,
    text: "où ?",
    record: '{"id": 7}',
    tokens: {
      input_ids: exportTensor("I64", [3], [1, -2, 2 ** 40]),
      im_mask: exportTensor("BOOL", [3], [0, 1, 1]),
      position_ids: exportTensor("I64", [2, 3], [1, 2, 3, 4, 5, 6]),
      cu_seqlens: exportTensor("I32", [2], [0, 3]),
    },
    outputs: {},
  },
  {
    position: 12,
    text: "",
    record: "[]",
    tokens: {
      input_ids: exportTensor("I64", [1], [9]),
      im_mask: exportTensor("BOOL", [1], [1]),
      position_ids: exportTensor("I64", [2, 1], [7, 8]),
      cu_seqlens: exportTensor("I32", [2], [0, 1]),
    },
    outputs: {
      pixel_values: exportTensor("F32", [2, 1, 2], [0.5, -1, 1e-40, 3]),
      bits: exportTensor("BF16", [1], [0x3f80]),
      parts: [exportTensor("F32", [1], [4]), exportTensor("F32", [0, 2], [])],
      mask: exportTensor("BOOL", [1, 2], [1, 0]),
    },
  },
];

/** Their columns. */
export const COLUMNS: ExportColumns = {
  tokens: ["input_ids", "im_mask", "position_ids", "cu_seqlens"],
  outputs: [
    { name: "pixel_values", isList: false },
    { name: "bits", isList: false },
    { name: "parts", isList: true },
    { name: "mask", isList: false },
  ],
};

/** Those of their fields that Python's arrays show, as `[type, shape, values]`. */
export const SHOWN = [
  {
    input_ids: ["<i8", [3], [1, -2, 2 ** 40]],
    im_mask: ["|b1", [3], [false, true, true]],
    position_ids: ["<i8", [2, 3], [[1, 2, 3], [4, 5, 6]]],
    cu_seqlens: ["<i4", [2], [0, 3]],
  },
  {
    input_ids: ["<i8", [1], [9]],
    im_mask: ["|b1", [1], [true]],
    position_ids: ["<i8", [2, 1], [[7], [8]]],
    cu_seqlens: ["<i4", [2], [0, 1]],
    pixel_values: ["<f4", [2, 1, 2], [[[0.5, -1]], [[Math.fround(1e-40), 3]]]],
    bits: ["<u2", [1], [0x3f80]],
    parts: [["<f4", [1], [4]], ["<f4", [0, 2], []]],
    mask: ["|b1", [1, 2], [[true, false]]],
  },
] as const;
