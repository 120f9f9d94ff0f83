import type { Plan, PlannedImage } from "../../plan/plan.ts";
import type { Pictures } from "../../plan/stored_picture.ts";
import type { Executor, Rows } from "../executor.ts";
import type { RunOptions } from "../options.ts";
import type { Tensor } from "../results/tensor.ts";
import type { Verification } from "../verify/compare.ts";
import { requireShapes } from "../verify/planned_shapes.ts";
import { verifyImages } from "../verify/verify.ts";
import { doneAgain } from "../executors/done_again.ts";
import type { Budget } from "./budget.ts";
import { type Chunk, CHUNKS_AHEAD } from "./chunks.ts";
import { freePixels } from "./load_chunk.ts";
import type { RowOutline, Sink } from "./sinks.ts";
import type { WorkClock } from "./work_clock.ts";

/** A planned call, and all that its chunks go through. */
export interface Pipeline {
  /** The plan, whose images are the pieces that chunks are made of. */
  plan: Plan;
  /** The plan as it was made. */
  whole: Plan;
  chunks: readonly Chunk[];
  executor: Executor;
  /** The memory that chunks under way, of this call and others, share. */
  budget: Budget;
  /** Counts the time of computing. */
  clock: WorkClock;
  /** Decodes the pictures that a chunk reads, until the signal is aborted. */
  load: (chunk: Chunk, signal: AbortSignal) => Promise<Pictures>;
  /** Takes the chunks' rows. */
  sink: Sink;
  /** Takes the comparison with the reference, where it is asked for. */
  found?: Verification;
}

/**
 * Runs a call's chunks in order, and returns its tensors. Where memory allows, the next two chunks are
 * decoded while one computes and the one before it is read back.
 *
 *     time    ──────────────────────▶
 *     decode  0 1 2   3     4     5
 *     run             0     1     2
 *     read                  0     1
 *
 * @throws {VitrailError} what decoding, running, reading or comparing throws; the signal's reason where it is
 * aborted. Everything is given back before, and no decode is under way any more.
 */
export async function throughChunks(
  { plan, whole, chunks, executor, budget, clock, load, sink, found }: Pipeline,
  { to = "cpu", onProgress, signal }: RunOptions,
): Promise<Record<string, Tensor>> {
  const held = new Set<Chunk>();
  const failing = new AbortController(), failed = failing.signal;
  const ending = signal ? AbortSignal.any([signal, failed]) : failed;
  const letGo = (chunk: Chunk) => {
    if (held.delete(chunk)) budget.give(chunk.memory);
  };
  const begin = async (chunk: Chunk) => {
    await budget.take(chunk.memory);
    held.add(chunk);
    if (!failed.aborted) return await load(chunk, ending);
    letGo(chunk);
    return new Map(); // nobody waits for it
  };
  // Only the outlines of rows are kept, whose elements may be freed, and only the pixels of chunks that have
  // not run.
  const toCpu = to === "cpu", keepsPixels = found !== undefined || toCpu && executor.renewed !== undefined;
  const made: RowOutline[] = [...sink.there];
  const loads: { chunk: Chunk; loading: Promise<Pictures> }[] = [];
  let begun = 0, reading: Promise<void> = Promise.resolve();
  try {
    for (const [index, chunk] of chunks.entries()) {
      for (const ahead of chunks.slice(begun, index + 1 + CHUNKS_AHEAD)) {
        const loading = begin(ahead);
        loading.catch(() => {}); // reported when it is awaited
        loads.push({ chunk: ahead, loading });
        begun++;
      }
      const pictures = await loads.shift()!.loading;
      signal?.throwIfAborted();
      const losses = { count: 0 }, run = () => executor.run(plan, chunk, pictures, to);
      // Rows that stay on a device are gone with it, those of earlier chunks, too: all is done again then.
      const rows = await clock.during("computing", () => toCpu ? doneAgain(executor, run, losses) : run());
      if (!keepsPixels) freePixels(pictures);
      made.push(...rows.map(({ output, row, shape }) => ({ output, row, shape })));
      await reading.catch((error) => {
        executor.release(rows);
        throw error;
      });
      let ready: Rows[] | undefined = rows;
      const take = async () => {
        const own = ready ?? await run();
        ready = undefined;
        await sink.take(own);
      };
      reading = (toCpu ? doneAgain(executor, take, losses) : take()).then(async () => {
        if (found) await verifyImages(plan, chunk, pictures, (...asked) => sink.rowsOf(...asked), found);
        freePixels(pictures);
        letGo(chunk);
        onProgress?.(doneOf(whole, plan.images[chunk.to - 1]), whole.images.length);
      });
      reading.catch(() => {});
    }
    await reading;
    requireShapes(plan, made);
    return await sink.finish();
  } catch (error) {
    await reading.catch(() => {});
    failing.abort();
    const decoding = loads.filter(({ chunk }) => held.has(chunk));
    for (const chunk of [...held].filter((own) => decoding.every(({ chunk }) => chunk !== own))) letGo(chunk);
    await Promise.all(decoding.map(async ({ chunk, loading }) => {
      await loading.then(freePixels, () => {});
      letGo(chunk);
    }));
    sink.dispose();
    throw error;
  }
}

/** The count of a plan's images that are done once a piece is. */
export function doneOf({ images }: Plan, { views: [, end] }: PlannedImage): number {
  return images.filter(({ views: [, to] }) => to <= end).length;
}
