import { ELEMENT_BYTES } from "../../plan/dtype.ts";
import type { HostRows } from "../../plan/output_rows.ts";
import { NEWLINE, requireLengths, SEPARATOR, sourcesOf } from "./splice_plan.ts";
import type { Operand, SpliceWork } from "./splice_work.ts";

/** Bytes of tokens that are made in one piece, about 10 ms' work. */
const PIECE = 2 ** 24;

/**
 * Splices work whose operands lie in CPU memory, some tokens after others, so that others have their turns
 * between them. A token is an upper pair of patches and the lower pair below it; each is moved as it lies, so
 * that the runtime's own copying does the work.
 */
export function* spliceOnSimd(work: SpliceWork): Generator<HostRows> {
  const { plan, dtype } = work;
  const { sources, lengths } = sourcesOf(plan);
  requireLengths(plan, lengths);
  const pair = 2 * plan.channels * ELEMENT_BYTES[dtype]; // bytes
  const features = bytesOf(work.features),
    newline = bytesOf(work.newline),
    separator = bytesOf(work.separator);
  const step = Math.max(1, Math.floor(PIECE / (2 * pair)));
  for (let row = 0; row < plan.total; row += step) {
    const own = sources.subarray(row, row + step), data = new Uint8Array(own.length * 2 * pair);
    for (const [token, source] of own.entries()) {
      const to = token * 2 * pair;
      if (source === NEWLINE) data.set(newline, to);
      else if (source === SEPARATOR) data.set(separator, to);
      else {
        const upper = source * pair, lower = upper + plan.side * pair;
        data.set(features.subarray(upper, upper + pair), to);
        data.set(features.subarray(lower, lower + pair), to + pair);
      }
    }
    const shape = [own.length, 4 * plan.channels];
    yield { output: "tokens", dtype, row, shape, bytes: data.length, data };
  }
}

/** An operand's bytes: without a device every operand is read into CPU memory. */
function bytesOf(operand: Operand): Uint8Array {
  return (operand as { bytes: Uint8Array }).bytes;
}
