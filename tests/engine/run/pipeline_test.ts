import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Executor } from "../../../src/engine/executor.ts";
import { Budget } from "../../../src/engine/run/budget.ts";
import { throughChunks } from "../../../src/engine/run/pipeline.ts";
import type { Sink } from "../../../src/engine/run/sinks.ts";
import { WorkClock } from "../../../src/engine/run/work_clock.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";

Deno.test("throughChunks that fails waits for decodes, and frees their pixels", async () => {
  const size = { width: 2, height: 1 };
  const plan = planSample(customRecipe({ size: 8 }), [size, size, size]);
  const chunks = [0, 1, 2].map((from) => ({ from, to: from + 1, memory: 10 })), budget = new Budget(20);
  const pixels: Uint8Array[] = [], signals: AbortSignal[] = [];
  const load = async ({ from }: { from: number }, signal: AbortSignal) => {
    signals.push(signal);
    if (from > 0) await new Promise((resolve) => setTimeout(resolve, 30));
    const data = new Uint8Array(6);
    pixels.push(data);
    return new Map([[from, { ...size, data, orientation: 1, own: true }]]);
  };
  const executor = { run: () => Promise.reject(new RangeError("no")) } as unknown as Executor;
  const sink = { there: [] as const, dispose() {} } as unknown as Sink;
  const work = { plan, whole: plan, chunks, executor, budget, clock: new WorkClock(), load, sink };
  await assertRejects(() => throughChunks(work, {}), RangeError);
  assertEquals([pixels.length, pixels[1].length], [2, 0]); // freed, and the third was never begun
  assert(signals.every(({ aborted }) => aborted));
  await budget.take(20);
});
