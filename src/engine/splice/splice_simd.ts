import { ELEMENT_BYTES } from "../../plan/dtype.ts";
import type { HostRows } from "../../plan/output_rows.ts";
import { NEWLINE, requireLengths, SEPARATOR, sourcesOf } from "./splice_plan.ts";
import type { Operand, SpliceWork } from "./splice_work.ts";

/**
 * Splices work whose operands lie in CPU memory: all tokens in one range of rows. A token is an upper pair of
 * patches and the lower pair below it; each is moved as it lies, so that the runtime's own copying does the
 * work.
 */
export function spliceOnSimd(work: SpliceWork): HostRows {
  const { plan, dtype } = work;
  const { sources, lengths } = sourcesOf(plan);
  requireLengths(plan, lengths);
  const pair = 2 * plan.channels * ELEMENT_BYTES[dtype]; // bytes
  const features = bytesOf(work.features),
    newline = bytesOf(work.newline),
    separator = bytesOf(work.separator);
  const data = new Uint8Array(plan.total * 2 * pair);
  for (let token = 0, to = 0; token < plan.total; token++, to += 2 * pair) {
    const source = sources[token];
    if (source === NEWLINE) data.set(newline, to);
    else if (source === SEPARATOR) data.set(separator, to);
    else {
      const upper = source * pair, lower = upper + plan.side * pair;
      data.set(features.subarray(upper, upper + pair), to);
      data.set(features.subarray(lower, lower + pair), to + pair);
    }
  }
  const shape = [plan.total, 4 * plan.channels];
  return { output: "tokens", dtype, row: 0, shape, bytes: data.length, data };
}

/** An operand's bytes: without a device every operand is read into CPU memory. */
function bytesOf(operand: Operand): Uint8Array {
  return (operand as { bytes: Uint8Array }).bytes;
}
