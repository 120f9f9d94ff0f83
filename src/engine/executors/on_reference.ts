import type { HostRows } from "../../plan/output_rows.ts";
import { rearrange } from "../../reference/rearrange.ts";
import { referenceRows } from "../../reference/reference_rows.ts";
import type { Executor } from "../executor.ts";
import { spliceOnReference } from "../splice/splice_reference.ts";

/** Returns the CPU reference as an executor. */
export function referenceExecutor(): Executor {
  return {
    name: "reference",
    description: "CPU reference, TypeScript",
    channels: 3,
    limits: (memory) => ({ binding: Infinity, buffer: Infinity, memory }),
    run(plan, { from, to }, pictures) {
      const rows: HostRows[] = [];
      for (let image = from; image < to; image++) rows.push(...referenceRows(plan, image, pictures));
      return Promise.resolve(rows);
    },
    rearrange: (elements, layout) => Promise.resolve(rearrange(elements, layout)),
    splice: (work) => [spliceOnReference(work)],
    read(rows, into) {
      for (const own of rows as HostRows[]) into(own)!.set(own.data);
      return Promise.resolve([]);
    },
    join: (rows) => Promise.resolve([...rows]),
    release() {},
    close() {},
  };
}
