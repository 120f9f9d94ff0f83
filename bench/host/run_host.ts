/**
 * `deno task bench:host`: the main thread's time, by a GPU that does nothing and a decoder that sleeps. What
 * is left is what the engine itself does on the one thread that all pictures pass: what that decoder takes of
 * it is measured alone, and taken off. These times are processor times, and ratios are of the least of the
 * rounds, so that they hardly depend on what else the machine does.
 * Prints a table, or figures with `--json`.
 */
import { sharpDecoder } from "../../src/codecs/decoders/sharp.ts";
import { Engine } from "../../src/engine/engine.ts";
import { VitrailError } from "../../src/errors.ts";
import type { Destination } from "../../src/engine/executor.ts";
import { DECODES_AT_ONCE } from "../../src/engine/run/decode_gate.ts";
import { mapLimited } from "../../src/engine/run/map_limited.ts";
import type { Recipe } from "../../src/recipes/recipe.ts";
import { runtime } from "../../src/runtime/here.ts";
import { drawnPictures, HD } from "../cases/pictures.ts";
import { type Figure, figureOf } from "../report/figure.ts";
import { tableOf } from "../report/table.ts";
import { countSets } from "./copied_bytes.ts";
import { nullDevice, nullGpu } from "./null_device.ts";
import { MAIN, type ThreadTimes, threadTimes, timesBetween } from "./processor_time.ts";
import { DECODE, sleepInsteadOfDecoding } from "./sleeping_decoder.ts";
import { HD_RECIPE, TINY_RECIPE, tinyPictures } from "./work.ts";

/** Pictures of a stream, its rounds, and those before them, in which V8 compiles what it meets often. */
const PICTURES = 32, ROUNDS = 5, WARM_ROUNDS = 5;
/** Tiny pictures of a batch, and of a stream. */
const TINY = 64;
/** Copies of a round. */
const COPIES = 20;
/** Lanes, where there are any, each with such a GPU and such a decoder. */
const LANES = 2;

const { device, bytes } = nullDevice(), sets = countSets();
const engine = await Engine.open({ device, upload: "rgb" });
const hdPath = (await drawnPictures()).find((path) => path.endsWith(HD))!;
const hdBytes = await Deno.readFile(hdPath);
const tiny = await tinyPictures(TINY);

/** The measurement of some rounds of work, a round's divided by its pictures. */
interface Measured {
  /** Processor time of each thread, ms a picture, of each round. */
  times: ThreadTimes[];
  /** Bytes of results, of copies made of them, and of uploads, a picture. */
  result: number;
  copied: number;
  up: number;
}

/** Measures the rounds of `work`, which returns the bytes of its results, after some that warm up. */
async function measured(pictures: number, work: () => Promise<number>): Promise<Measured> {
  for (let round = 0; round < WARM_ROUNDS; round++) await work();
  const times: ThreadTimes[] = [];
  const start = { ...bytes, sets: sets() };
  let result = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const before = await threadTimes();
    result += await work();
    const spent = timesBetween(before, await threadTimes());
    times.push(Object.fromEntries(Object.entries(spent).map(([name, ms]) => [name, ms / pictures])));
  }
  const count = pictures * ROUNDS;
  return {
    times,
    result: result / count,
    copied: (bytes.down - start.down + sets() - start.sets) / count,
    up: (bytes.up - start.up) / count,
  };
}

/** Streams pictures, and returns the bytes of their results. */
async function streamed(
  recipe: Recipe,
  pictures: Iterable<Uint8Array | string>,
  to: Destination,
  by = engine,
): Promise<number> {
  let total = 0;
  for await (const batch of by.stream(recipe, pictures, { to })) {
    total += bytesOf(batch.pixelValues.shape);
    batch.dispose();
  }
  return total;
}

function bytesOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 4);
}

/** Returns the processor times of a thread, a round each. */
function ofThread({ times }: Measured, name: string): number[] {
  return times.map((time) => time[name] ?? 0);
}

/** Returns the times that copying a result takes here: what all other times are held against. */
async function copyTimes(size: number): Promise<number[]> {
  const source = new Uint8Array(size).fill(1), into = new Uint8Array(size).fill(2), times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = (await threadTimes())[MAIN];
    for (let time = 0; time < COPIES; time++) into.set(source);
    times.push(((await threadTimes())[MAIN] - before) / COPIES);
  }
  return times;
}

/** Opens an engine whose lanes have GPUs that do nothing and decoders that sleep. */
async function openLanes(): Promise<Engine> {
  const { gpu, startThread } = runtime, module = new URL("./null_lane_worker.ts", import.meta.url);
  runtime.gpu = () => Promise.resolve(nullGpu());
  runtime.startThread = (start) => startThread({ ...start, module });
  const lanes = await Engine.open({ executor: "webgpu", upload: "rgb", lanes: LANES });
  for (let round = 0; round < 1 + LANES; round++) await streamed(HD_RECIPE, hd, "cpu", lanes); // they open
  if (lanes.laneTrouble) throw new VitrailError("device", lanes.laneTrouble);
  Object.assign(runtime, { gpu, startThread });
  return lanes;
}

const hd = Array<string>(PICTURES).fill(hdPath);
const streamOfHd = (to: Destination, by = engine) => {
  return measured(PICTURES, () => streamed(HD_RECIPE, hd, to, by));
};
/** Has pictures decoded alone, by the decoder that sleeps. */
const decodesOf = (pictures: readonly (Uint8Array | string)[]) =>
  measured(pictures.length, async () => {
    await mapLimited(pictures, DECODES_AT_ONCE, async (picture) => {
      const bytes = typeof picture === "string" ? hdBytes : picture;
      const { data } = await sharpDecoder.decode(bytes, "jpeg", { channels: 3, damaged: "refuse" });
      (data.buffer as ArrayBuffer).transfer(0);
    });
    return 0;
  });
const streamOfTiny = (by = engine) => measured(TINY, () => streamed(TINY_RECIPE, tiny, "cpu", by));

const decoded = await streamOfHd("cpu");
const awake = sleepInsteadOfDecoding(DECODE);
const toCpu = await streamOfHd("cpu"), toDevice = await streamOfHd("device");
const tinyBatch = await measured(TINY, async () => {
  const batch = await engine.run(TINY_RECIPE, tiny);
  const size = bytesOf(batch.pixelValues.shape);
  batch.dispose();
  return size;
});
const tinyStream = await streamOfTiny();
const hdDecodes = await decodesOf(hd), tinyDecodes = await decodesOf(tiny);
const lanes = await openLanes();
const byLanes = await streamOfHd("cpu", lanes), tinyByLanes = await streamOfTiny(lanes);
awake();
const copies = await copyTimes(toCpu.result), copy = Math.min(...copies), pixels = 1920 * 1080;

const figures: Figure[] = [
  figureOf("host", "a copy of a result", "ms", copies, { note: `${(toCpu.result / 1e6).toFixed(1)} MB` }),
  figureOf("host", "the sleeping decoder itself, main", "ms", ofThread(hdDecodes, MAIN)),
  figureOf("host", "the same of tiny pictures, main", "ms", ofThread(tinyDecodes, MAIN)),
  main("stream to CPU", toCpu, "aim 5.5", hdDecodes),
  main("stream to the device", toDevice, "aim 2.8", hdDecodes),
  main(`batch of ${TINY} tiny`, tinyBatch, "aim 0.4", tinyDecodes),
  main(`stream of ${TINY} tiny`, tinyStream, "aim 0.8", tinyDecodes),
  main(`stream to CPU by ${LANES} lanes`, byLanes, "aim 1"),
  main(`stream of ${TINY} tiny by ${LANES} lanes`, tinyByLanes, "aim 1"),
  ...Object.keys(decoded.times[0]).map((name) =>
    figureOf("host, decoded by sharp", `threads named ${name}`, "ms", ofThread(decoded, name))
  ).filter(({ median }) => median >= 0.1),
  share("copies of a result", "copies", toCpu.copied / toCpu.result, 1, "one copy"),
  share("bytes up a pixel", "bytes", toDevice.up / pixels, 3, "RGB"),
];
if (Deno.args.includes("--json")) console.log(JSON.stringify(figures));
else console.log(tableOf(figures));
engine.close();
await lanes[Symbol.asyncDispose]();

/** Returns the main thread's time a picture, less its decoder's, and as a multiple of a copy's. */
function main(what: string, found: Measured, note: string, decodes?: Measured): Figure {
  const own = decodes === undefined ? 0 : Math.min(...ofThread(decodes, MAIN));
  const times = ofThread(found, MAIN).map((ms) => ms - own);
  const ratio = Math.min(...times) / copy;
  const against = "a copy of a result";
  return figureOf("host", `${what}, main`, "ms", times, { ratio, against, lessIsBetter: true, note });
}

/** Returns an amount, and as a multiple of the least that there can be. */
function share(what: string, unit: Figure["unit"], amount: number, least: number, against: string): Figure {
  return figureOf("host", what, unit, [amount], { ratio: amount / least, against, lessIsBetter: true });
}
