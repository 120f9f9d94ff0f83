/**
 * `deno task bench:lanes`: a stream of JPEG files to CPU memory, by how many lanes share it; on a GPU where
 * there is one, without it by SIMD.
 * The numbers of lanes take turns, a round each, so that all meet the same machine. Processor times hardly
 * depend on what else it does; those of the clock do. Prints a table, or figures with `--json`.
 */
import { Engine } from "../../src/engine/engine.ts";
import { drawnPictures, HD } from "../cases/pictures.ts";
import { type Figure, figureOf, median } from "../report/figure.ts";
import { tableOf } from "../report/table.ts";
import { MAIN, type ThreadTimes, threadTimes, timesBetween } from "./processor_time.ts";
import { HD_RECIPE } from "./work.ts";

const CORES = navigator.hardwareConcurrency;

/** Pictures of a round, and rounds. */
const PICTURES = 12 * CORES, ROUNDS = 5;

/** The times of some lanes, ms a picture, a round each. */
interface LaneTimes {
  lanes: number;
  engine: Engine;
  clock: number[];
  all: number[];
  main: number[];
}

const hd = (await drawnPictures()).find((path) => path.endsWith(HD))!;
const counts = [...new Set([0, 1, 2, Math.ceil(CORES / 2), CORES])].sort((a, b) => a - b);
const measured: LaneTimes[] = [];
for (const lanes of counts) {
  const engine = await Engine.open({ lanes });
  for (let round = 0; round < 1 + lanes; round++) await streamed(engine); // its Workers open meanwhile
  measured.push({ lanes, engine, clock: [], all: [], main: [] });
}
for (let round = 0; round < ROUNDS; round++) {
  for (const { engine, clock, all, main } of measured) {
    const before = threadTimes(), start = performance.now();
    await streamed(engine);
    clock.push((performance.now() - start) / PICTURES);
    const spent = timesBetween(before, threadTimes());
    all.push(sumOf(spent) / PICTURES);
    main.push(spent[MAIN] / PICTURES);
  }
}
const one = measured.find(({ lanes }) => lanes === 1)!;
const figures: Figure[] = measured.flatMap(({ lanes, clock, all, main }) => [
  figureOf(`${lanes} lanes`, "a picture, by the clock", "ms", clock, {
    ratio: median(clock) / median(one.clock),
    against: "1 lane",
    lessIsBetter: true,
  }),
  figureOf(`${lanes} lanes`, "a picture, all threads", "ms", all),
  figureOf(`${lanes} lanes`, "a picture, main thread", "ms", main),
]);
console.log(Deno.args.includes("--json") ? JSON.stringify(figures) : tableOf(figures));
for (const { engine } of measured) await engine[Symbol.asyncDispose]();

async function streamed(engine: Engine): Promise<void> {
  for await (const batch of engine.stream(HD_RECIPE, Array<string>(PICTURES).fill(hd))) batch.dispose();
}

function sumOf(times: ThreadTimes): number {
  return Object.values(times).reduce((sum, ms) => sum + ms, 0);
}
