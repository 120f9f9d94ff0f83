/** Data sets of a few hostile records, planned by `vitrail sft --dry-run`. */

import { join } from "node:path";
import { hostileRecord } from "../../support/fuzz/hostile_records.ts";
import { writePicture } from "../../support/sft/data_set.ts";
import { vitrail } from "../../support/vitrail.ts";
import type { FuzzRow } from "../fuzz_row.ts";

/** The longest line that is still called one, in characters. */
const LINE = 1600;

export async function open(): Promise<FuzzRow> {
  const folder = await Deno.makeTempDir({ prefix: "vitrail-fuzz-" }), path = join(folder, "data.json");
  await writePicture(folder, "a.png", { kind: "noise", w: 40, h: 60, seed: 1 });
  const set = ["sft", path, "--recipe", "ixc2", "--image-root", folder, "--executor", "simd", "--dry-run"];
  return {
    input(draw) {
      const records = Array.from({ length: 1 + draw(3) }, () => hostileRecord(draw));
      return { bytes: new TextEncoder().encode(`[${records.join(",\n")}]`), ending: "json" };
    },
    async attack({ bytes }) {
      await Deno.writeFile(path, bytes);
      const { status, err } = await vitrail(...set, "--out", join(folder, "out"));
      const lines = err.split("\n").filter((line) => line.length > LINE || /\bbug\b|^\s+at /.test(line));
      if (lines.length > 0) return `it says ${lines[0]}`;
      if (status > 2) return `exit status ${status}: ${err}`;
    },
    close: () => Deno.remove(folder, { recursive: true }),
  };
}
