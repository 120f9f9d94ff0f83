/** Calls that are aborted at some moment, without lanes and with two. */

import { Engine } from "../../../src/engine/engine.ts";
import { draws, oneOf } from "../../support/fuzz/draws.ts";
import { engineWork, sameBytes } from "../../support/fuzz/engine_work.ts";
import { syntheticPicture } from "../../support/pictures/synthetic.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";
import type { FuzzRow } from "../fuzz_row.ts";

/** Lanes may have to be opened first. */
export const deadline = 30;

/** The most time that may go by from an abort to its end, ms. */
const PROMPT = 1000;

export async function open(): Promise<FuzzRow> {
  const options = { executor: "simd", memory: 2 ** 20 } as const;
  const engines = [await Engine.open({ ...options, lanes: 0 }), await Engine.open({ ...options, lanes: 2 })];
  const large = syntheticPicture({ kind: "noise", w: 420, h: 400, seed: 1 }),
    recipe = customRecipe({ size: 56 });
  return {
    input(draw) {
      const [seed, ms, lanes] = [draw(2 ** 31), draw(oneOf(draw, [1, 5, 30])), draw(2)];
      return { bytes: new TextEncoder().encode(JSON.stringify({ seed, ms, lanes })), ending: "json" };
    },
    async attack({ bytes }) {
      const { seed, ms, lanes } = JSON.parse(new TextDecoder().decode(bytes));
      const engine = engines[lanes], work = engineWork(draws(seed)), ending = new AbortController();
      const reason = new RangeError("enough");
      let aborted = Infinity;
      const timer = setTimeout(() => {
        aborted = performance.now();
        ending.abort(reason);
      }, ms);
      let made: Uint8Array[] | undefined;
      try {
        made = await work.run(engine, { signal: ending.signal });
      } catch (error) {
        if (error !== reason) throw error;
      }
      const took = performance.now() - aborted;
      clearTimeout(timer);
      if (took > PROMPT) return `${work.name} ended ${Math.round(took)} ms after its abort`;
      if (made && !sameBytes(made, await work.run(engine, {}))) return `${work.name} gives other bytes`;
      (await engine.run(recipe, [large])).dispose(); // it takes nearly all memory, which has to be free
    },
    async close() {
      for (const engine of engines) await engine[Symbol.asyncDispose]();
    },
  };
}
