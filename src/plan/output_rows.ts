import type { Dtype } from "./dtype.ts";

/** Rows of one output that an executor made. Where their elements lie is the executor's own. */
export interface OutputRows {
  output: string;
  dtype: Dtype;
  /** The first row, on the output's leading axis. */
  row: number;
  /** `[rows, …]` of the output. */
  shape: number[];
  /** Bytes of all elements. */
  bytes: number;
}

/** Rows in CPU memory. */
export interface HostRows extends OutputRows {
  /** Little-endian elements. */
  data: Uint8Array;
}
