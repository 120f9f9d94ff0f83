import type { Picture } from "../../codecs/picture.ts";
import type { Range } from "../../plan/geometry.ts";
import type { Plan } from "../../plan/plan.ts";
import type { RunOptions } from "../options.ts";
import type { Tensor } from "../results/tensor.ts";
import { orAborted } from "../run/abort.ts";
import type { Budget } from "../run/budget.ts";
import { type Chunk, type ChunkLimits, chunksOf, sourcePictures } from "../run/chunks.ts";
import { doneOf } from "../run/pipeline.ts";
import type { CpuSink, RowArray } from "../run/sinks.ts";
import type { SlowPictures } from "../run/slow_pictures.ts";
import type { WorkClock } from "../run/work_clock.ts";
import { requireShapes } from "../verify/planned_shapes.ts";
import { type LaneRows, type LaneWork, planPart } from "./lane_work.ts";
import { CHUNKS_A_LANE, type Lanes } from "./lanes.ts";

/** A planned call, and all that its chunks need on their way through lanes. */
export interface LaneCall {
  /** The plan, whose images are the pieces that chunks are made of. */
  plan: Plan;
  /** The plan as it was made. */
  whole: Plan;
  lanes: Lanes;
  /** The most that a chunk may hold. */
  limits: ChunkLimits;
  /** The memory that chunks under way, of this call and others, share. */
  budget: Budget;
  /** The time that decoding and computing take. */
  clock: WorkClock;
  /** Takes the pictures that take long to decode. */
  slow: SlowPictures;
  /** Makes what takes the chunks' rows. */
  cpuSink: () => CpuSink;
  /** Returns a picture of the call by its place; each place is asked for once. */
  picture: (place: number) => Picture | Promise<Picture>;
  /** The options that decide the pictures' pixels. */
  reading: LaneWork["options"];
  /** True for one of many calls under way together, which lanes need not share. */
  many: boolean;
}

/**
 * Runs a call's chunks on lanes, several at one time, and returns its tensors. Chunks begin in order; the
 * error that is thrown is that of the first chunk that fails, as without lanes.
 *
 * @throws {VitrailError} what decoding, running and reading throws, or the signal's reason, once no chunk is
 * under way any more.
 */
export async function throughLanes(
  { plan, whole, lanes, limits, budget, clock, slow, cpuSink, picture, reading, many }: LaneCall,
  { onProgress, signal }: RunOptions,
): Promise<Record<string, Tensor>> {
  const chunks = many ? chunksOf(plan, limits) : laneChunks(plan, limits, lanes.most);
  const sink = cpuSink(), underWay: Promise<LaneRows["made"]>[] = [];
  let failed = false;
  const make = async (chunk: Chunk): Promise<LaneRows["made"]> => {
    await budget.take(chunk.memory);
    try {
      signal?.throwIfAborted();
      if (failed) return []; // nobody waits for it
      const part = planPart(plan, chunk), pictures = await orAborted(picturesOf(part, picture), signal);
      const work = { plan: part, pictures, options: reading };
      const loaded = Promise.withResolvers<void>(), watch = { onLoaded: loaded.resolve, signal };
      const making = lanes.make(work, chunk.memory, () => arraysFor(part, sink), watch);
      await clock.during("decoding", () => Promise.race([loaded.promise, making]));
      const rows = await clock.during("computing", () => making);
      for (const array of rows.arrays) sink.put(array);
      for (const picture of rows.slowest) slow.note(picture);
      return rows.made;
    } finally {
      budget.give(chunk.memory);
    }
  };
  const made: LaneRows["made"] = [...sink.there];
  let begun = 0;
  try {
    for (const [index, chunk] of chunks.entries()) {
      for (const next of chunks.slice(begun, index + CHUNKS_A_LANE * Math.max(lanes.most, 1))) {
        const making = make(next);
        making.catch(() => {}); // reported when it is awaited
        underWay.push(making);
        begun++;
      }
      made.push(...await underWay.shift()!);
      onProgress?.(doneOf(whole, plan.images[chunk.to - 1]), whole.images.length);
    }
    requireShapes(plan, made);
    return await sink.finish();
  } catch (error) {
    failed = true;
    await Promise.allSettled(underWay);
    sink.dispose();
    throw error;
  }
}

/** Cuts a plan into chunks that leave no lane without work: twice as many as are under way, where it can. */
function laneChunks(plan: Plan, limits: ChunkLimits, lanes: number): Chunk[] {
  const all = chunksOf(plan, limits).reduce((sum, { memory }) => sum + memory, 0);
  return chunksOf(plan, limits, Math.min(all, limits.memory) / (2 * CHUNKS_A_LANE * lanes));
}

/** Returns the pictures that a part of a plan reads, by index. */
async function picturesOf(plan: Plan, picture: LaneCall["picture"]): Promise<Map<number, Picture>> {
  const pictures = new Map<number, Picture>();
  for (const image of plan.images) {
    for (const index of sourcePictures(plan, image)) {
      if (!pictures.has(index)) pictures.set(index, await picture(index));
    }
  }
  return pictures;
}

/** Returns memory for the rows that a chunk fills, an array an output. */
function arraysFor({ views, images }: Plan, sink: CpuSink): RowArray[] {
  const ranges = new Map<string, Range>();
  for (const { target } of images.flatMap((image) => views.slice(...image.views))) {
    if (target === undefined) continue;
    const { output, row, rows } = target, { from, to } = ranges.get(output) ?? { from: row, to: row };
    ranges.set(output, { from: Math.min(from, row), to: Math.max(to, row + rows) });
  }
  return Array.from(ranges, ([output, { from, to }]) => sink.arrayFor(output, from, to - from));
}
