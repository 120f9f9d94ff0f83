import { messageOf, VitrailError } from "../../errors.ts";
import { isLost } from "../../gpu/device/is_lost.ts";
import type { Layout } from "../../layout/layout.ts";
import type { Elements } from "../../plan/dtype.ts";
import type { Range } from "../../plan/geometry.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Pictures } from "../../plan/stored_picture.ts";
import { runtime } from "../../runtime/here.ts";
import type { Destination, Executor, Rows } from "../executor.ts";
import type { ChunkLimits } from "../run/chunks.ts";
import type { Operand, SpliceWork } from "../splice/splice_work.ts";

/**
 * An executor on a GPU whose device may be lost: another one is then opened in its place. Rows stay with the
 * executor that made them, and are gone with its device.
 */
export class LastingExecutor implements Executor {
  readonly name = "webgpu";
  readonly channels: 3 | 4;
  readonly #open: () => Promise<Executor>;
  /** The executor on the device that is there, or was until now. */
  #now: Executor;
  #opening: Promise<void> | undefined;
  #closed = false;
  #losses = 0;
  /** Executors whose devices are lost. */
  readonly #gone = new WeakSet<Executor>();
  /** The executor that made each rows. */
  readonly #homes = new WeakMap<object, Executor>();
  /** The executor whose work ended in each error. */
  readonly #failures = new WeakMap<object, Executor>();

  private constructor(open: () => Promise<Executor>, first: Executor) {
    this.#open = open;
    this.channels = first.channels;
    this.#now = this.#watched(first);
  }

  /** Opens an executor by `open`, which is called again for each that takes its place. */
  static async open(open: () => Promise<Executor>): Promise<LastingExecutor> {
    return new LastingExecutor(open, await open());
  }

  get description(): string {
    return this.#now.description;
  }

  get device(): GPUDevice {
    return this.#now.device!;
  }

  /** The devices that were lost and are, or were to be, opened again. */
  get losses(): number {
    return this.#losses;
  }

  get ownArray(): number | undefined {
    return this.#now.ownArray;
  }

  limits(memory: number): ChunkLimits {
    return this.#now.limits(memory);
  }

  async run(plan: Plan, images: Range, pictures: Pictures, to: Destination): Promise<Rows[]> {
    const home = this.#now;
    return this.#madeBy(home, await this.#noted(home, () => home.run(plan, images, pictures, to)));
  }

  async rearrange(elements: Elements, layout: Layout): Promise<Elements> {
    const home = this.#now;
    return await this.#noted(home, () => home.rearrange(elements, layout));
  }

  /** Splices as an executor does; inputs that lay on a device that is gone are an error. */
  async *splice(work: SpliceWork, to: Destination): AsyncGenerator<Rows> {
    const home = this.#now, { features, newline, separator } = work;
    for (const [name, operand] of Object.entries({ features, newline, separator })) {
      this.#requireThere(name, operand);
    }
    const made = home.splice(work, to) as AsyncGenerator<Rows>;
    try {
      for (;;) {
        const { value, done } = await this.#noted(home, () => made.next());
        if (done && to === "device") await this.#requireAlive(home);
        if (done) return;
        yield* this.#madeBy(home, [value]);
      }
    } finally {
      await made.return(undefined);
    }
  }

  async read(
    rows: readonly Rows[],
    into: (rows: Rows) => Uint8Array | undefined,
  ): Promise<Uint8Array<ArrayBuffer>[]> {
    const home = this.#homeOf(rows);
    return await this.#noted(home, () => home.read(rows, into));
  }

  async join(rows: readonly Rows[]): Promise<Rows[]> {
    const home = this.#homeOf(rows);
    await this.#requireAlive(home);
    return this.#madeBy(home, await this.#noted(home, () => home.join(rows)));
  }

  async arrange(rows: Rows, layout: Layout, shape: number[]): Promise<Rows> {
    const home = this.#homeOf([rows]);
    return this.#madeBy(home, [await this.#noted(home, () => home.arrange!(rows, layout, shape))])[0];
  }

  release(rows: readonly Rows[]): void {
    for (const own of rows) this.#homeOf([own]).release([own]);
  }

  async renewed(error: unknown): Promise<boolean> {
    const home = this.#failures.get(error as object);
    if (home === undefined || this.#closed) return false;
    if (home === this.#now) {
      if (!await isLost(home.device!)) return false;
      await (this.#opening ??= this.#renew().finally(() => this.#opening = undefined));
    }
    return !this.#closed;
  }

  #watched(executor: Executor): Executor {
    executor.device!.lost.then(() => this.#gone.add(executor));
    return executor;
  }

  /** Opens another executor in the place of the one that is there, and frees what that one has. */
  async #renew(): Promise<void> {
    this.#now.close();
    this.#losses++;
    try {
      this.#now = this.#watched(await this.#open());
      void runtime.giveMemoryBack(); // what a driver leaves in pieces; work goes on meanwhile
    } catch (cause) {
      const why = `the GPU device was lost, and no other one can be opened: ${messageOf(cause)}`;
      throw new VitrailError("device", why, { cause });
    }
    if (this.#closed) this.#now.close();
  }

  /** Returns the executor that made some rows, which all have the same one but for an error. */
  #homeOf(rows: readonly Rows[]): Executor {
    const homes = new Set(rows.map((own) => this.#homes.get(own) ?? this.#now)), [home = this.#now] = homes;
    if (homes.size < 2) return home;
    throw this.#lossOf(home);
  }

  /**
   * Holds that what was made lies on a device that is there. A device takes work after it was lost without a
   * word, and says so a turn later.
   */
  async #requireAlive(home: Executor): Promise<void> {
    await runtime.turn();
    if (home !== this.#now || this.#gone.has(home)) throw this.#lossOf(home);
  }

  #lossOf(home: Executor): VitrailError {
    const error = new VitrailError("device", "the GPU device on which these results lay was lost");
    this.#failures.set(error, home);
    return error;
  }

  #madeBy(home: Executor, rows: Rows[]): Rows[] {
    for (const own of rows) this.#homes.set(own, home);
    return rows;
  }

  /** Returns what an executor's work gives, and keeps in mind whose error it ended in. */
  async #noted<T>(home: Executor, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const isOurs = error instanceof VitrailError;
      if (!isOurs || error.code === "device") this.#failures.set(error as object, home);
      throw error;
    }
  }

  /** @throws {VitrailError} `device` where an input of a splice lay on a device that is gone. */
  #requireThere(name: string, operand: Operand): void {
    if ("bytes" in operand) return;
    const isGone = operand.parts.some((part) => (this.#homes.get(part) ?? this.#now) !== this.#now);
    if (!isGone) return;
    throw new VitrailError("device", `${name} lay on a GPU device that was lost; make them again`);
  }

  close(): void {
    this.#closed = true;
    this.#now.close();
  }
}
