import { messageOf, VitrailError } from "../../errors.ts";
import { runtime } from "../../runtime/here.ts";
import type { Executor } from "../executor.ts";
import type { EngineOptions } from "../options.ts";
import { type DecodeGate, DECODES_AT_ONCE } from "../run/decode_gate.ts";
import type { RowArray } from "../run/sinks.ts";
import { Lane } from "./lane.ts";
import type { ChunkMaker, LaneRows, LaneWork } from "./lane_work.ts";
import { WorkerLane } from "./worker_lane.ts";

/** The chunks that a lane has at one time: one is decoded while another computes. */
export const CHUNKS_A_LANE = 2;

/** A lane, and how many chunks it has. */
interface BusyLane {
  readonly maker: ChunkMaker;
  chunks: number;
}

/**
 * The lanes of an engine. Those in Workers are opened when there is work for them. Until the first of them is
 * open, and where none can be, lane 0 works: it is in the isolate that plans, on the engine's own executor.
 */
export class Lanes {
  readonly #own: BusyLane;
  readonly #opening = new Set<Promise<void>>();
  readonly #open = new Map<WorkerLane, BusyLane>();
  readonly #waiting: PromiseWithResolvers<BusyLane>[] = [];
  readonly #executor: Executor;
  readonly #memory: number;
  readonly #upload: EngineOptions["upload"];
  #most: number;
  #patience: number;
  #chunks = 0;
  #missing: string | undefined;
  readonly #closing = new AbortController();

  /**
   * Creates lanes beside an executor, which stays the engine's.
   * @param most the most lanes in Workers
   * @param memory bytes that the work of all of them may take
   * @param patience bytes of work that lane 0 does before a Worker is opened
   * @param decodes the gate of the decodes of lane 0; those in Workers share as many among them
   * @param upload the pixels that go up to their GPUs
   */
  constructor(executor: Executor, { most, memory, patience, decodes, upload }: {
    most: number;
    memory: number;
    patience: number;
    decodes: DecodeGate;
    upload?: EngineOptions["upload"];
  }) {
    this.#executor = executor;
    this.#own = { maker: new Lane(executor, decodes), chunks: 0 };
    this.#most = most;
    this.#memory = memory;
    this.#patience = patience;
    this.#upload = upload;
  }

  /** The most lanes in Workers; fewer where some could not be opened, or are gone. */
  get most(): number {
    return this.#most;
  }

  /** The reason why there are fewer lanes than were asked for; undefined where there are as many. */
  get missing(): string | undefined {
    return this.#missing;
  }

  /**
   * Makes a chunk's rows on the lane that has the least to do. Where that lane is gone, another one makes
   * them, and where that is gone, too, lane 0.
   *
   * @param bytes the chunk's memory, by which its work is measured
   * @param arraysOf returns memory for the rows; what it gave is lost with a lane
   * @param onLoaded called when the pictures are decoded, of each lane that has begun
   * @throws {VitrailError} what {@linkcode ChunkMaker.make} throws; `device` where the lanes were closed.
   */
  async make(
    work: LaneWork,
    bytes: number,
    arraysOf: () => RowArray[],
    onLoaded: () => void,
  ): Promise<LaneRows> {
    this.#chunks++;
    try {
      this.#openMore(bytes);
      for (let gone = 0;; gone++) {
        const lane = gone < 2 ? await this.#take() : counted(this.#own);
        if (this.#opening.size > 0) await runtime.turn(); // lane 0 may give nobody else a turn
        try {
          return await lane.maker.make(work, arraysOf(), onLoaded);
        } catch (error) {
          if (this.#closing.signal.aborted) throw closedError();
          if (lane === this.#own || !(error instanceof VitrailError) || error.code !== "device") throw error;
          await this.#lose(lane.maker as WorkerLane, error);
        } finally {
          lane.chunks--;
          this.#grant();
        }
      }
    } finally {
      this.#chunks--;
    }
  }

  /** Opens a Worker where there is more to do than there are lanes, and once lane 0 has been patient. */
  #openMore(bytes: number): void {
    this.#patience -= bytes;
    const lanes = this.#open.size + this.#opening.size;
    if (this.#patience > 0 || lanes >= Math.min(this.#most, this.#chunks)) return;
    const opening = this.#openOne().finally(() => this.#opening.delete(opening));
    this.#opening.add(opening);
  }

  async #openOne(): Promise<void> {
    const decodes = Math.max(CHUNKS_A_LANE, Math.ceil(DECODES_AT_ONCE / this.#most));
    const memory = this.#memory / this.#most;
    const setup = { executor: this.#executor.name, memory, decodes, upload: this.#upload };
    try {
      const lane = await WorkerLane.open(setup, this.#closing.signal);
      this.#open.set(lane, { maker: lane, chunks: 0 });
      this.#grant();
    } catch (error) {
      this.#missing = messageOf(error);
      this.#most = Math.min(this.#most, this.#open.size); // another one would fail as well
    }
  }

  /** Returns a lane once one has room, in the order of asking. */
  #take(): Promise<BusyLane> {
    if (this.#closing.signal.aborted) return Promise.reject(closedError());
    const waiting = Promise.withResolvers<BusyLane>();
    this.#waiting.push(waiting);
    this.#grant();
    return waiting.promise;
  }

  #grant(): void {
    while (this.#waiting.length > 0) {
      const lanes = this.#open.size > 0 ? [...this.#open.values()] : [this.#own];
      const idlest = lanes.reduce((least, lane) => lane.chunks < least.chunks ? lane : least);
      if (idlest.chunks >= CHUNKS_A_LANE) return;
      this.#waiting.shift()!.resolve(counted(idlest));
    }
  }

  async #lose(lane: WorkerLane, error: VitrailError): Promise<void> {
    if (!this.#open.delete(lane)) return;
    this.#most--;
    this.#missing = error.message;
    await lane.close();
  }

  /** Ends all Workers. Chunks that they make, or that wait for a lane, fail with `device`. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const { reject } of this.#waiting.splice(0)) reject(closedError());
    await Promise.all([...this.#open.keys()].map((lane) => lane.close()));
    await Promise.all(this.#opening);
  }
}

function closedError(): VitrailError {
  return new VitrailError("device", "the engine was closed while it worked; open another one");
}

function counted(lane: BusyLane): BusyLane {
  lane.chunks++;
  return lane;
}
