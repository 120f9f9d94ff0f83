/**
 * `deno task bench:lanes`: a stream of JPEG files to CPU memory, by how many lanes share it; on a GPU where
 * there is one, without it by SIMD. Without a GPU one lane is measured on one core, too, where `taskset` can
 * hold it there: one lane on several cores uses more than one of them, since sharp decodes on threads of its
 * own.
 * The numbers of lanes take turns, a round each, so that all meet the same machine. Processor times hardly
 * depend on what else it does; those of the clock do. Prints a table, or figures with `--json`.
 */
import { Engine } from "../../src/engine/engine.ts";
import { drawnPictures, HD } from "../cases/pictures.ts";
import { type Figure, figureOf, median } from "../report/figure.ts";
import { tableOf } from "../report/table.ts";
import { coresAllowed, holdTo } from "./held_cores.ts";
import { MAIN, type ThreadTimes, threadTimes, timesBetween } from "./processor_time.ts";
import { HD_RECIPE } from "./work.ts";

const CORES = navigator.hardwareConcurrency;

/** Pictures of a round, so many that its beginning and its end hardly count. */
const PICTURES = 32 * CORES;
/** The rounds, and the seconds after which no other begins. */
const ROUNDS = 5, SECONDS = 40;
/** Pictures for each lane, while it opens and V8 compiles. */
const WARM = 64;

/** The times of some lanes, ms a picture, a round each. */
interface LaneTimes {
  name: string;
  engine: Engine;
  /** The cores that it is held to, as `taskset` takes them; absent: to none. */
  held?: string;
  clock: number[];
  all: number[];
  main: number[];
}

const hd = (await drawnPictures()).find((path) => path.endsWith(HD))!;
const counts = [...new Set([0, 1, 2, Math.ceil(CORES / 2), CORES])].sort((a, b) => a - b);
const measured: LaneTimes[] = [], allowed = await coresAllowed();
for (const lanes of counts) {
  const engine = await Engine.open({ lanes });
  for (let time = 0; time < 1 + lanes; time++) await streamed(engine, WARM); // its Workers open meanwhile
  const times = () => ({ engine, clock: [], all: [], main: [] });
  measured.push({ name: `${lanes} lanes`, ...times() });
  if (lanes === 1 && engine.executor === "simd" && allowed !== undefined) {
    measured.push({ name: "1 lane, on one core", held: allowed.first, ...times() });
  }
}
const begin = performance.now();
for (let round = 0; round < ROUNDS; round++) {
  if (round > 0 && performance.now() - begin > SECONDS * 1000) break;
  for (const { engine, held, clock, all, main } of measured) {
    if (held !== undefined) await holdTo(held);
    const before = await threadTimes(), start = performance.now();
    await streamed(engine);
    clock.push((performance.now() - start) / PICTURES);
    const spent = timesBetween(before, await threadTimes());
    all.push(sumOf(spent) / PICTURES);
    main.push(spent[MAIN] / PICTURES);
    if (held !== undefined) await holdTo(allowed!.all);
  }
}
const one = measured.find(({ name }) => name === "1 lanes")!;
const figures: Figure[] = measured.flatMap(({ name, engine: { laneTrouble: note }, clock, all, main }) => [
  figureOf(name, "a picture, by the clock", "ms", clock, { ...against(clock, one.clock), note }),
  figureOf(name, "a picture, all threads", "ms", all, against(all, one.all)),
  figureOf(name, "a picture, main thread", "ms", main),
  figureOf(name, "cores busy", "cores", all.map((ms, round) => ms / clock[round])),
]);
console.log(Deno.args.includes("--json") ? JSON.stringify(figures) : tableOf(figures));
for (const engine of new Set(measured.map(({ engine }) => engine))) await engine[Symbol.asyncDispose]();

async function streamed(engine: Engine, pictures = PICTURES): Promise<void> {
  for await (const batch of engine.stream(HD_RECIPE, Array<string>(pictures).fill(hd))) batch.dispose();
}

function sumOf(times: ThreadTimes): number {
  return Object.values(times).reduce((sum, ms) => sum + ms, 0);
}

/** Returns the ratio of some times to one lane's. */
function against(times: readonly number[], ones: readonly number[]): Partial<Figure> {
  return { ratio: median(times) / median(ones), against: "1 lane", lessIsBetter: true };
}
