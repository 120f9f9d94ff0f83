import type { Executor } from "../executor.ts";
import { doneAgain } from "../executors/done_again.ts";
import type { DecodeGate } from "../run/decode_gate.ts";
import { freePixels, loadChunk } from "../run/load_chunk.ts";
import type { RowArray } from "../run/sinks.ts";
import { SlowPictures } from "../run/slow_pictures.ts";
import type { ChunkMaker, LaneRows, LaneWork, Watch } from "./lane_work.ts";

/**
 * A lane does all of a chunk that touches bytes: it decodes the pictures, has them computed, and stores the
 * rows. It is the same in a Worker, where its executor is its own, and in the isolate that plans, where the
 * executor is the engine's.
 */
export class Lane implements ChunkMaker {
  /** Creates a lane that computes on an executor, which stays its opener's, and decodes as a gate lets it. */
  constructor(readonly executor: Executor, readonly decodes: DecodeGate) {}

  async make(work: LaneWork, arrays: RowArray[], { onLoaded, signal }: Watch): Promise<LaneRows> {
    const { plan, pictures, options } = work;
    const { executor } = this, images = { from: 0, to: plan.images.length };
    const reading = { ...options, channels: executor.channels };
    const slow = new SlowPictures(), way = { decodes: this.decodes, signal, onDecoded: slow.note.bind(slow) };
    const stored = await loadChunk(plan, images, (index) => pictures.get(index)!, reading, way);
    onLoaded();
    const made = async () => {
      signal?.throwIfAborted();
      const rows = await executor.run(plan, images, stored, "cpu");
      if (!executor.renewed) freePixels(stored);
      try {
        // Into arrays that are used again, by small pieces: arrays of the executor's own are fresh pages in a
        // Worker each time, which cost four times as much as the second copy.
        await executor.read(rows, ({ output, row, bytes }) => placeIn(arrays, output, row, bytes));
        return rows.map(({ output, row, shape }) => ({ output, row, shape }));
      } finally {
        executor.release(rows);
      }
    };
    try {
      const rows = await doneAgain(executor, made);
      return { made: rows, arrays, slowest: slow.slowest, losses: executor.losses ?? 0 };
    } finally {
      freePixels(stored);
    }
  }
}

/** Returns the place of some rows in the array of their output. */
function placeIn(arrays: readonly RowArray[], output: string, row: number, bytes: number): Uint8Array {
  const array = arrays.find((own) => own.output === output)!, from = (row - array.row) * array.rowBytes;
  return array.bytes.subarray(from, from + bytes);
}
