import type { Dtype } from "./dtype.ts";

/** Rows of one output that an executor made. Each executor keeps their elements in its own place. */
export interface OutputRows {
  /** The output's name. */
  output: string;
  /** The element type. */
  dtype: Dtype;
  /** The first row, on the output's leading axis. */
  row: number;
  /** The shape of these rows: `[rows, …]`. */
  shape: number[];
  /** The bytes of all elements. */
  bytes: number;
}

/** Rows in CPU memory. */
export interface HostRows extends OutputRows {
  /** The elements, little-endian. */
  data: Uint8Array;
}
