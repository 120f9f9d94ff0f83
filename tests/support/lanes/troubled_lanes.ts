/**
 * A program whose lanes meet trouble of the kind that its argument names. It prints as JSON what became of
 * its engine, and has to end by itself.
 *
 * @module
 */

import { Engine } from "../../../src/engine/engine.ts";
import type { EngineOptions } from "../../../src/engine/options.ts";
import { VitrailError } from "../../../src/errors.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";
import { runtime } from "../../../src/runtime/here.ts";
import { residentMiB } from "../memory.ts";
import { type LaneSpy, spyOnLanes } from "./lane_spy.ts";

/** Rounds of killing and closing, and the first that memory is measured after. */
const ROUNDS = 4, EARLY = 2;

const recipe = customRecipe({ size: 256 }), picture = { width: 30, height: 20, data: new Uint8Array(1800) };

/** Runs calls until no lane is left, or for a while, and tells what became of the lanes. */
async function withoutLanes(options: EngineOptions) {
  await using engine = await Engine.open({ ...options, lanes: 2 });
  if (options.executor === "webgpu") Deno.env.set("VK_DRIVER_FILES", "/there/is/no/such/driver.json");
  let images = 0;
  for (const end = performance.now() + 20_000; engine.lanes > 0 && performance.now() < end;) {
    using batch = await engine.run(recipe, [picture, picture]);
    images = batch.images.length;
  }
  return { lanes: engine.lanes, trouble: engine.laneTrouble, images };
}

/** Kills a Worker in the middle of a stream, and closes the engine at work; returns the error's code. */
async function round(spy: LaneSpy): Promise<string | undefined> {
  const engine = await Engine.open({ executor: "simd", lanes: 2 }), { opened, made } = spy;
  let killed = false, closing: Promise<void> | undefined;
  try {
    for await (const batch of engine.stream(recipe, Array(2000).fill(picture))) {
      batch.dispose();
      if (spy.opened < opened + 2) continue;
      if (!killed) spy.workers.at(-1)!.terminate();
      killed = true;
      if (spy.made > made + 20) closing ??= engine[Symbol.asyncDispose]();
    }
  } catch (error) {
    await closing;
    return error instanceof VitrailError ? error.code : `${error}`;
  }
}

/** Threads of this process that Workers run in; Linux alone tells. */
function threads(): number {
  if (Deno.build.os !== "linux") return 0;
  const tasks = [...Deno.readDirSync("/proc/self/task")];
  return tasks.filter(({ name }) => /^worker/.test(Deno.readTextFileSync(`/proc/self/task/${name}/comm`)))
    .length;
}

/** Returns how it ended, round by round, and the threads and MiB that later rounds left behind. */
async function killedAndClosed() {
  using spy = spyOnLanes();
  const codes: unknown[] = [];
  let early = 0, before = 0;
  for (let at = 1; at <= ROUNDS; at++) {
    codes.push(await round(spy));
    if (at === EARLY) [early, before] = [residentMiB(), threads()];
  }
  for (const end = performance.now() + 10_000; threads() > before && performance.now() < end;) {
    await new Promise((resolve) => setTimeout(resolve, 50)); // a thread ends a little after its Worker
  }
  return { codes, grown: residentMiB() - early, threads: Math.max(0, threads() - before) };
}

const { startThread } = runtime;
switch (Deno.args[0]) {
  case "no module":
    runtime.startThread = (start) => {
      return startThread({ ...start, module: new URL("./there_is_no_such_module.ts", import.meta.url) });
    };
    console.log(JSON.stringify(await withoutLanes({ executor: "simd" })));
    break;
  case "no second device":
    console.log(JSON.stringify(await withoutLanes({ executor: "webgpu" })));
    break;
  default:
    console.log(JSON.stringify(await killedAndClosed()));
}
