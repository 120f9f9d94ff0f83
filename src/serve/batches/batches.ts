import type { Engine } from "../../engine/engine.ts";
import type { RunOptions } from "../../engine/options.ts";
import { Batch, derivedTensors } from "../../engine/results/batch.ts";
import type { Tensor } from "../../engine/results/tensor.ts";
import { orAborted } from "../../engine/run/abort.ts";
import { DECODES_AT_ONCE } from "../../engine/run/decode_gate.ts";
import { VitrailError } from "../../errors.ts";
import { joinedWork, kindOf, partedTensors, type PixelWork } from "./pixel_work.ts";

/** The moment at which requests that wait are made together. */
export interface BatchSettings extends Pick<RunOptions, "orient" | "alpha" | "maxPixels" | "damaged"> {
  /** The longest that a request waits for others, ms. */
  readonly wait: number;
  /** The pictures that are enough. */
  readonly pictures: number;
}

/** The batches that are under way at one time at least: one is decoded while another computes. */
const AT_ONCE = 2;

/** A work that waits, and whoever waits for it. */
interface Waiting extends PixelWork {
  readonly kind: string;
  readonly made: PromiseWithResolvers<Record<string, Tensor>>;
}

/** Makes the pixels of requests, those of several in one submission. */
export class Batches {
  readonly #queue: Waiting[] = [];
  #underWay = 0;
  /** The pictures of the batches that are under way. */
  #pictures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Creates batches that an engine makes. `onBatch` is told the pictures of each. */
  constructor(
    readonly engine: Engine,
    readonly settings: BatchSettings,
    readonly onBatch: (pictures: number) => void = () => {},
  ) {}

  /** The pictures that wait. */
  get waiting(): number {
    return this.#queue.reduce((sum, { pictures }) => sum + pictures.length, 0);
  }

  /**
   * Makes a plan's pixels, with those of other requests where there are some.
   * @returns the batch as `engine.run` gives it
   * @throws {VitrailError} what `engine.run` throws; the signal's reason where it is aborted.
   */
  async run(work: PixelWork, names: readonly string[]): Promise<Batch> {
    const { plan, pictures, signal } = work;
    const made = Promise.withResolvers<Record<string, Tensor>>();
    made.promise.catch(() => {}); // nobody may be left that waits for it
    this.#queue.push({ ...{ plan, pictures, signal }, kind: kindOf(work), made });
    if (this.waiting >= this.settings.pictures) this.#begin();
    else this.#timer ??= setTimeout(() => this.#begin(), this.settings.wait);
    return new Batch(plan, await orAborted(made.promise, signal), names, this.engine.executor);
  }

  /** Begins as many batches as may be under way: of works that are not shared, as many as are decoded. */
  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const isShared = this.settings.pictures > 1, hasDecoder = () => this.#pictures < DECODES_AT_ONCE;
    while (this.#queue.length > 0 && (this.#underWay < AT_ONCE || !isShared && hasDecoder())) {
      const works = this.#take(), pictures = works.reduce((sum, own) => sum + own.pictures.length, 0);
      if (works.length === 0) continue;
      this.#underWay++;
      this.#pictures += pictures;
      this.#make(works, pictures).finally(() => {
        this.#underWay--;
        this.#pictures -= pictures;
        this.#begin();
      });
    }
  }

  /** Takes the works of one kind that waited longest, of so many pictures together, or one work of more. */
  #take(): Waiting[] {
    const taken: Waiting[] = [], { pictures: most } = this.settings;
    let pictures = 0;
    for (const work of this.#queue.splice(0)) {
      const [first = work] = taken;
      if (work.signal.aborted) continue;
      const fits = pictures === 0 || pictures + work.pictures.length <= most;
      if (work.kind !== first.kind || !fits) this.#queue.push(work);
      else {
        taken.push(work);
        pictures += work.pictures.length;
      }
    }
    return taken;
  }

  /** Makes works together, and where that fails, unless for all alike, each alone. */
  async #make(works: readonly Waiting[], pictures: number): Promise<void> {
    this.onBatch(pictures);
    using ending = allAborted(works.map(({ signal }) => signal));
    try {
      const tensors = works.length === 1
        ? [await this.#alone(works[0], this.#underWay > 1 || this.#queue.length > 0)]
        : await this.#together(works, ending.signal);
      for (const [index, { made }] of works.entries()) made.resolve(tensors[index]);
    } catch (error) {
      const isOfAll = ending.signal.aborted || error instanceof VitrailError && error.code === "device";
      if (works.length === 1 || isOfAll) return works.forEach(({ made }) => made.reject(error));
      await Promise.all(
        works.map((work) => this.#alone(work, true).then(work.made.resolve, work.made.reject)),
      );
    }
  }

  /**
   * Makes one work. A lane makes it whole where it is of one picture and there are others. Where there are
   * none it is made sooner on this thread, as `engine.run` makes it: no message takes it to a lane.
   */
  async #alone({ plan, pictures, signal }: PixelWork, hasOthers: boolean): Promise<Record<string, Tensor>> {
    const tensors = await this.#rows(plan, pictures, signal, hasOthers);
    return { ...tensors, ...await derivedTensors(plan, tensors) };
  }

  async #together(works: readonly PixelWork[], signal: AbortSignal): Promise<Record<string, Tensor>[]> {
    const { plan, pictures, images } = joinedWork(works), tensors = await this.#rows(plan, pictures, signal);
    try {
      const rows: Record<string, Uint8Array> = {};
      for (const [output, tensor] of Object.entries(tensors)) rows[output] = await tensor.bytes();
      return await partedTensors(works, images, rows);
    } finally {
      for (const tensor of Object.values(tensors)) tensor.dispose();
    }
  }

  #rows(plan: PixelWork["plan"], pictures: PixelWork["pictures"], signal: AbortSignal, hasOthers = true) {
    const { orient, alpha, maxPixels, damaged } = this.settings;
    const options = { orient, alpha, maxPixels, damaged, signal };
    const many = hasOthers && pictures.length < 2; // lanes share the pictures of several
    return this.engine.runPlan(plan, pictures, options, { many });
  }
}

/** Returns a signal that is aborted once all of some are. */
function allAborted(signals: readonly AbortSignal[]): { signal: AbortSignal } & Disposable {
  const ending = new AbortController();
  const look = () => {
    if (signals.every(({ aborted }) => aborted)) ending.abort(signals[0].reason);
  };
  for (const signal of signals) signal.addEventListener("abort", look);
  return {
    signal: ending.signal,
    [Symbol.dispose]: () => signals.forEach((signal) => signal.removeEventListener("abort", look)),
  };
}
