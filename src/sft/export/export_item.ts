import { npyHead } from "./npy.ts";
import { byteLengthOf } from "../../formats/safetensors_header.ts";
import type { StoredDtype } from "../../formats/stored_dtype.ts";

/** A tensor of an item. Its elements are put together when they are asked for, and not kept. */
export interface ExportTensor {
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  /** Returns the elements in row-major order. */
  bytes(): Promise<Uint8Array>;
}

/** One item of a set in another format: a sample, or a pack of samples. */
export interface ExportItem {
  /** The place of the sample, or of the pack's first sample, in the whole set. */
  readonly position: number;
  /** The conversation as the model reads it; those of a pack one after another. */
  readonly text: string;
  /** The sample as its data set has it, or the list of a pack's samples, in JSON. */
  readonly record: string;
  /** The tensors of tokens, by name: every item of a set has the same ones, and none of them is empty. */
  readonly tokens: Readonly<Record<string, ExportTensor>>;
  /** The other tensors, by name, which an item may lack; lists where the processor returns a list. */
  readonly outputs: Readonly<Record<string, ExportTensor | readonly ExportTensor[]>>;
}

/** The columns of a set that hold tensors, the same in all of its files. */
export interface ExportColumns {
  /** The names of all items' tensors of tokens. */
  readonly tokens: readonly string[];
  /** The other tensors: their names, and whether they are lists. */
  readonly outputs: readonly { readonly name: string; readonly isList: boolean }[];
}

/** Returns the tensors of an output of an item; none where the item lacks it. */
export function tensorsOf({ outputs }: ExportItem, name: string): readonly ExportTensor[] {
  const found = outputs[name] ?? [];
  return "dtype" in found ? [found] : found;
}

/** Returns a tensor as a `.npy` file. */
export async function npyOf(tensor: ExportTensor): Promise<Uint8Array> {
  const head = npyHead(tensor.dtype, tensor.shape), data = await tensor.bytes();
  const file = new Uint8Array(head.length + data.length);
  file.set(head);
  file.set(data, head.length);
  return file;
}

/** Returns the bytes that a tensor takes as a `.npy` file. */
export function npyLengthOf({ dtype, shape }: ExportTensor): number {
  return npyHead(dtype, shape).length + byteLengthOf({ dtype, shape });
}
