import { messageOf, VitrailError } from "../../errors.ts";
import { runtime } from "../../runtime/here.ts";
import type { Executor } from "../executor.ts";
import type { EngineOptions } from "../options.ts";
import { isSpent } from "../executors/done_again.ts";
import { type DecodeGate, DECODES_AT_ONCE } from "../run/decode_gate.ts";
import type { RowArray } from "../run/sinks.ts";
import { keepsThread } from "./default_lanes.ts";
import { BALLAST, GARBAGE_KEPT, takeBallast } from "./ballast.ts";
import { Lane } from "./lane.ts";
import type { ChunkMaker, LaneRows, LaneWork, Watch } from "./lane_work.ts";
import { WorkerLane } from "./worker_lane.ts";

/** The chunks that a lane has at one time: one is decoded while another computes. */
export const CHUNKS_A_LANE = 2;

/** The most Workers that take the place of one that is gone, one after another. */
const MOST_REPLACEMENTS = 2;

/** A lane, how many chunks it has, how many Workers there were in its place before, and its lost devices. */
interface BusyLane {
  readonly maker: ChunkMaker;
  readonly before: number;
  chunks: number;
  losses: number;
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
  readonly #asked: number;
  #most: number;
  #patience: number;
  #chunks = 0;
  #lost = 0;
  #lostDevices = 0;
  #replaced = 0;
  #why: string | undefined;
  readonly #closing = new AbortController();
  #ballast: Disposable | undefined;
  /** The time from which this thread keeps its garbage, ms; it lies ahead after a long collection. */
  #keptSince = 0;
  /** True where the lanes are for chunks alone that would keep this thread for long. */
  readonly onlyForLong: boolean;

  /**
   * Creates lanes beside an executor, which stays the engine's.
   * @param most the most lanes in Workers
   * @param memory bytes that the work of all of them may take
   * @param patience bytes of work that lane 0 does before a Worker is opened, but for a long chunk
   * @param onlyForLong true where the lanes are for chunks alone that would keep this thread
   * @param decodes the gate of the decodes of lane 0; those in Workers share as many among them
   * @param upload the pixels that go up to their GPUs
   */
  constructor(executor: Executor, { most, memory, patience, onlyForLong, decodes, upload }: {
    most: number;
    memory: number;
    patience: number;
    onlyForLong: boolean;
    decodes: DecodeGate;
    upload?: EngineOptions["upload"];
  }) {
    this.#executor = executor;
    this.#own = { maker: new Lane(executor, decodes), before: 0, chunks: 0, losses: 0 };
    this.#asked = most;
    this.#most = most;
    this.#memory = memory;
    this.#patience = patience;
    this.onlyForLong = onlyForLong;
    this.#upload = upload;
  }

  /** The most lanes in Workers; fewer where some could not be opened, or are gone. */
  get most(): number {
    return this.#most;
  }

  /** True where a Worker is open, so that a call costs no opening. */
  get areOpen(): boolean {
    return this.#open.size > 0 && !this.#closing.signal.aborted;
  }

  /** The GPU devices that lanes in Workers have lost, and opened again. Not one that its Worker went with. */
  get lostDevices(): number {
    return this.#lostDevices;
  }

  /** A line that says which lanes could not be opened, or are gone; undefined where none is. */
  get trouble(): string | undefined {
    if (this.#why === undefined) return undefined;
    const lost = this.#lost > 0 ? `${this.#lost} were lost, ${this.#replaced} of them replaced; ` : "";
    return `lanes: ${lost}${this.#most} of ${this.#asked} can work; ${this.#why}`;
  }

  /**
   * Makes a chunk's rows on the lane that has the least to do. Where that lane is gone, another one makes
   * them, and where that is gone, too, lane 0. Another Worker takes the place of one that is gone, twice.
   *
   * @param bytes the chunk's memory, by which its work is measured
   * @param arraysOf returns memory for the rows; what it gave is lost with a lane
   * @param watch told of each lane that has decoded the pictures
   * @throws {VitrailError} what {@linkcode ChunkMaker.make} throws; `device` where the lanes were closed.
   */
  async make(
    work: LaneWork,
    bytes: number,
    arraysOf: () => RowArray[],
    watch: Watch,
  ): Promise<LaneRows> {
    this.#chunks++;
    try {
      const isLong = keepsThread(this.#executor, bytes);
      if (!isLong) this.#patience -= bytes;
      if (isLong || this.#patience <= 0) this.#openMore();
      if ((runtime.mustAnswer || isLong) && this.#open.size === 0) await Promise.all(this.#opening);
      for (let gone = 0;; gone++) {
        const lane = gone < 2 ? await this.#take() : counted(this.#own);
        if (this.#opening.size > 0) await runtime.turn(); // lane 0 may give nobody else a turn
        try {
          watch.signal?.throwIfAborted();
          const rows = await lane.maker.make(work, arraysOf(), watch);
          if (lane !== this.#own) this.#lostDevices += Math.max(0, rows.losses - lane.losses);
          lane.losses = Math.max(lane.losses, rows.losses);
          return rows;
        } catch (error) {
          if (this.#closing.signal.aborted) throw closedError();
          const isGone = error instanceof VitrailError && error.code === "device" && !isSpent(error);
          if (lane === this.#own || !isGone) throw error;
          await this.#lose(lane, error);
        } finally {
          lane.chunks--;
          this.#grant();
        }
      }
    } finally {
      this.#chunks--;
      this.#giveBack();
    }
  }

  /** Gives this thread's garbage back now and then, which V8 leaves there beside the ballast. */
  #giveBack(): void {
    const now = performance.now();
    if (this.#ballast === undefined || now - this.#keptSince < GARBAGE_KEPT) return;
    this.#keptSince = now;
    // The thread stands still meanwhile, 0.5 s beside a heap of 260 MiB: a hundredth of all time at most.
    void runtime.giveMemoryBack().then(() => this.#keptSince += 100 * (performance.now() - now));
  }

  /** Opens a Worker where there is more to do than there are lanes. */
  #openMore(): void {
    const lanes = this.#open.size + this.#opening.size;
    if (lanes < Math.min(this.#most, this.#chunks)) this.#begin(0);
  }

  /** Begins to open a Worker, in the place of which there were `before` others. */
  #begin(before: number): void {
    if (this.#ballast === undefined) {
      this.#ballast = takeBallast(BALLAST.results);
      this.#keptSince = performance.now();
    }
    const decodes = Math.max(CHUNKS_A_LANE, Math.ceil(DECODES_AT_ONCE / this.#asked));
    const memory = this.#memory / this.#asked;
    const setup = { executor: this.#executor.name, memory, decodes, upload: this.#upload };
    const opening = WorkerLane.open(setup, this.#closing.signal).then((lane) => {
      this.#opening.delete(opening);
      this.#open.set(lane, { maker: lane, before, chunks: 0, losses: 0 });
      if (before > 0) this.#replaced++;
      this.#grant();
    }, (error) => {
      this.#opening.delete(opening);
      this.#why = messageOf(error);
      this.#most = Math.min(this.#most, this.#open.size + this.#opening.size); // one more would fail as well
    });
    this.#opening.add(opening);
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

  /** Closes a lane that is gone, and has another Worker take its place. */
  async #lose(lost: BusyLane, { message }: VitrailError): Promise<void> {
    const lane = lost.maker as WorkerLane;
    if (!this.#open.delete(lane)) return; // another of its chunks has told so before
    this.#lost++;
    this.#why = message;
    if (lost.before < MOST_REPLACEMENTS) this.#begin(lost.before + 1);
    else this.#most--;
    await lane.close();
  }

  /** Ends all Workers. Chunks that they make, or that wait for a lane, fail with `device`. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#ballast?.[Symbol.dispose]();
    this.#ballast = undefined;
    for (const { reject } of this.#waiting.splice(0)) reject(closedError());
    await Promise.all([...this.#open.keys()].map((lane) => lane.close()));
    await Promise.all(this.#opening);
  }
}

/** Returns the error of a closed engine: of work that was under way or, where none was, of what is asked. */
export function closedError(isWorking = true): VitrailError {
  return isWorking
    ? new VitrailError("device", "the engine was closed while it worked; open another one")
    : new VitrailError("usage", "this engine is closed; open another one");
}

function counted(lane: BusyLane): BusyLane {
  lane.chunks++;
  return lane;
}
