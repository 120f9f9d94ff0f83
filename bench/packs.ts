/**
 * Times the packing of 10 000 and of 100 000 samples whose lengths are like those of real mixtures: short
 * questions about one picture, long conversations about several, documents, and texts alone. Prints how full
 * the packs are, windows and the whole set packed at once.
 */
import { columnsText } from "../src/cli/output/table.ts";
import { Packer, packsOf } from "../src/sft/lengths/packs.ts";
import { mixedLengths } from "../tests/support/sft/mixed_lengths.ts";

const rows = [["samples", "capacity", "packed", "sequences", "full, %", "ms"]];
for (const count of [10_000, 100_000]) {
  for (const capacity of [8192, 32768]) {
    const lengths = mixedLengths(count, capacity), total = lengths.reduce((sum, length) => sum + length, 0);
    const inWindows = () => {
      const packer = new Packer<{ length: number }>(capacity);
      const packs = lengths.flatMap((length) => packer.add({ length }));
      return [...packs, ...packer.finish()];
    };
    for (
      const [how, pack] of [["at once", () => packsOf(lengths, capacity)], ["windows", inWindows]] as const
    ) {
      const start = performance.now(), { length } = pack(), ms = performance.now() - start;
      const full = 100 * total / (length * capacity);
      rows.push([`${count}`, `${capacity}`, how, `${length}`, full.toFixed(2), ms.toFixed(0)]);
    }
  }
}
console.log(columnsText(rows, [true, true, false, true, true, true]));
