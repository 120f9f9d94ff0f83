/** Runs of `vitrail sft` that are killed at some moment, and then gone on with. */

import { join } from "node:path";
import { readSafetensors } from "../../../src/formats/safetensors.ts";
import { smallSet } from "../../support/fuzz/small_set.ts";
import { filesIn } from "../../support/sft/data_set.ts";
import { vitrail, vitrailStarted } from "../../support/vitrail.ts";
import type { FuzzRow } from "../fuzz_row.ts";
import { firstDifference } from "../../support/fuzz/first_difference.ts";

/** Two processes are started, and a set is made. */
export const deadline = 60;

/** Shards of the set, and the time in which a run makes them, ms. */
const SHARDS = 40, RUN = 2500;

export async function open(): Promise<FuzzRow> {
  const folder = await Deno.makeTempDir({ prefix: "vitrail-fuzz-" }), set = await smallSet(folder, SHARDS);
  const whole = [[], ["--pack", "900"]].map((flags, kind) => {
    return { flags, out: join(folder, `whole-${kind}`) };
  });
  for (const { flags, out } of whole) await vitrail(...set, ...flags, "--out", out);
  return {
    input(draw) {
      const kills = Array.from({ length: 1 + draw(2) }, () => draw(RUN));
      const text = JSON.stringify({ kind: draw(2), kills });
      return { bytes: new TextEncoder().encode(text), ending: "json" };
    },
    async attack({ bytes }) {
      const { kind, kills }: { kind: number; kills: number[] } = JSON.parse(new TextDecoder().decode(bytes));
      const { flags, out: right } = whole[kind], out = await Deno.makeTempDir({ dir: folder });
      for (const ms of kills) {
        const { process, killed } = vitrailStarted(...set, ...flags, "--out", out);
        const timer = setTimeout(() => {
          process.kill("SIGKILL");
        }, ms);
        await killed;
        clearTimeout(timer);
        for (const { name } of await Array.fromAsync(Deno.readDir(out))) {
          if (name.endsWith(".safetensors")) await readSafetensors(join(out, name));
        }
      }
      const { status, err } = await vitrail(...set, ...flags, "--out", out);
      if (status !== 0) return `it does not go on: ${err}`;
      const wrong = firstDifference(await filesIn(out), await filesIn(right));
      await Deno.remove(out, { recursive: true });
      return wrong;
    },
    close: () => Deno.remove(folder, { recursive: true }),
  };
}
