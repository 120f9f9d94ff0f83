import type { OutputRows } from "../plan/output_rows.ts";
import type { GpuPool } from "./device/pool.ts";
import type { DeviceBytes } from "./device/readback.ts";

/** Rows of one output in a buffer on the device, which may be longer than they are. */
export interface DeviceRows extends OutputRows, DeviceBytes {}

/** Gives rows' buffers back to the pool. */
export function releaseRows(pool: GpuPool, rows: readonly DeviceRows[]): void {
  for (const { buffer, staging } of rows) {
    pool.giveBuffer("storage", buffer);
    if (staging) pool.giveBuffer("readback", staging);
  }
}
