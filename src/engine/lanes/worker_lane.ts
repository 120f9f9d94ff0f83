import { messageOf, VitrailError } from "../../errors.ts";
import { runtime } from "../../runtime/here.ts";
import { errorOf } from "../../runtime/sent_error.ts";
import type { Thread } from "../../runtime/runtime.ts";
import { asSpent } from "../executors/done_again.ts";
import type { RowArray } from "../run/sinks.ts";
import { type CancelMessage, type LaneAnswer, type LaneSetup, workMessage } from "./lane_message.ts";
import type { ChunkMaker, LaneRows, LaneWork, Watch } from "./lane_work.ts";

/** The module that a Worker runs. */
const MODULE = new URL("./lane_worker.ts", import.meta.url);

/** A port of the platform, which can let the process end, where there is a process. */
type Port = MessagePort & { ref?(): void; unref?(): void };

/**
 * A lane in a Worker of its own. It keeps the process running while it opens or has work, and not otherwise.
 *
 * Messages go through a channel of the platform, since the `postMessage` of Node's Workers walks through
 * every element of an array.
 */
export class WorkerLane implements ChunkMaker {
  readonly #thread: Thread;
  readonly #port: Port;
  readonly #opened: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #asked = new Map<number, PromiseWithResolvers<LaneRows> & { onLoaded: () => void }>();
  #next = 0;
  #gone: VitrailError | undefined;

  private constructor(setup: Omit<LaneSetup, "port">) {
    this.#opened.promise.catch(() => {}); // reported when it is awaited
    const { port1, port2: port } = new MessageChannel();
    this.#port = port1;
    this.#port.onmessage = ({ data }: MessageEvent<LaneAnswer>) => this.#take(data);
    const data: LaneSetup = { ...setup, port };
    this.#thread = runtime.startThread({
      module: MODULE,
      data,
      ports: [port],
      onEnd: (why) => this.#end(why),
    });
  }

  /**
   * Opens a lane.
   * @param signal ends the opening, and the Worker where it is open by then
   * @throws {VitrailError} `device` where Workers are not allowed, their module cannot be read, or the Worker
   * cannot open its executor.
   */
  static async open(setup: Omit<LaneSetup, "port">, signal?: AbortSignal): Promise<WorkerLane> {
    const missing = await runtime.threadMissing(MODULE) ??
      (signal?.aborted ? "its engine was closed" : undefined);
    if (missing !== undefined) throw new VitrailError("device", missing);
    const lane = new WorkerLane(setup);
    signal?.addEventListener("abort", () => lane.close());
    try {
      await lane.#opened.promise;
      lane.#port.unref?.();
      return lane;
    } catch (error) {
      await lane.close();
      throw error;
    }
  }

  async make(work: LaneWork, arrays: RowArray[], { onLoaded, signal }: Watch): Promise<LaneRows> {
    const id = this.#next++, asked = Promise.withResolvers<LaneRows>();
    const { message, transfer } = await workMessage(id, work, arrays);
    if (this.#gone) throw this.#gone;
    signal?.throwIfAborted();
    const cancel = () => this.#port.postMessage({ cancel: id } satisfies CancelMessage);
    signal?.addEventListener("abort", cancel);
    this.#asked.set(id, { ...asked, onLoaded });
    this.#port.ref?.();
    this.#port.postMessage(message, transfer);
    try {
      return await asked.promise;
    } finally {
      signal?.removeEventListener("abort", cancel);
      this.#asked.delete(id);
      if (this.#asked.size === 0) this.#port.unref?.();
    }
  }

  /** Ends the Worker. Work that is under way fails with `device`. */
  async close(): Promise<void> {
    this.#end("it was closed");
    this.#port.close();
    await this.#thread.end();
  }

  #take(answer: LaneAnswer): void {
    if ("opened" in answer) return this.#opened.resolve();
    if ("loaded" in answer) return this.#asked.get(answer.loaded)?.onLoaded();
    if ("rows" in answer) return this.#asked.get(answer.id)?.resolve(answer.rows);
    const error = answer.spent ? asSpent(errorOf(answer.error)) : errorOf(answer.error);
    if (answer.id === undefined) this.#opened.reject(error);
    else this.#asked.get(answer.id)?.reject(error);
  }

  /** Fails all that was asked and all that will be. */
  #end(why: string): void {
    this.#gone ??= new VitrailError("device", `a lane is gone: ${why}`);
    this.#opened.reject(this.#gone);
    for (const { reject } of this.#asked.values()) reject(this.#gone);
  }
}

/** Opens a lane and closes it again. Says why that fails; undefined where it does not. */
export async function lanesMissing(setup: Omit<LaneSetup, "port">): Promise<string | undefined> {
  try {
    await (await WorkerLane.open(setup)).close();
  } catch (error) {
    return messageOf(error);
  }
}
