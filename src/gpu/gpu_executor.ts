import { VitrailError } from "../errors.ts";
import type { Layout } from "../layout/layout.ts";
import { countOf } from "../layout/shape.ts";
import type { Elements } from "../plan/dtype.ts";
import type { Range } from "../plan/geometry.ts";
import type { Plan } from "../plan/plan.ts";
import type { View } from "../plan/view.ts";
import type { Pictures } from "../plan/stored_picture.ts";
import { GpuContext } from "./device/context.ts";
import { firstComplaint } from "./device/error_scopes.ts";
import { isLost } from "./device/is_lost.ts";
import { type DeviceBytes, Readback } from "./device/readback.ts";
import { Recorder } from "./device/recorder.ts";
import { recordFusing } from "./fusing.ts";
import { type DeviceRows, releaseRows } from "./device_rows.ts";
import { elementsLike, recordRearrange, requireBindings, wordsOf } from "./passes/rearrange_pass.ts";
import { isFloat } from "./passes/store_pass.ts";
import { ChunkRecording } from "./recording.ts";

/** Runs plans on one GPU device. */
export class GpuExecutor {
  /** The device, and all that its work shares. */
  readonly context: GpuContext;
  readonly #readback: Readback;
  #gone: string | undefined;

  /**
   * Creates an executor on `device`. Its work may take `memory` bytes, and it keeps as many at most for
   * later.
   * @param advice what to do where the device is lost, as an error's last words
   */
  constructor(device: GPUDevice, memory: number, advice = "open another one") {
    this.context = new GpuContext(device, memory);
    this.#readback = new Readback(this.context.pool, this.context.queue);
    device.lost.then(({ message, reason }) => {
      const why = message || reason || "no reason given";
      this.#gone ??= `the GPU device was lost (${why.trim()}); ${advice}`;
    });
  }

  /**
   * Runs some images of a plan, in one submission where memory allows, and returns the rows that they fill.
   * Rows that go `to` the CPU are copied to staging buffers as well. Resolves when all is submitted and
   * valid.
   * @throws {VitrailError} `device` where the GPU refuses it, or is gone; `limit` where one output pixel
   * weighs more source pixels than a binding holds, or a texture does not hold all tables.
   */
  async run(plan: Plan, images: Range, pictures: Pictures, to: "cpu" | "device"): Promise<DeviceRows[]> {
    this.requireDevice();
    if (this.context.fuses === undefined && plan.views.some(sumsFloats)) await this.#findFusing();
    const recording = new ChunkRecording(this.context, plan);
    const views = { from: plan.images[images.from].views[0], to: plan.images[images.to - 1].views[1] };
    let rows: DeviceRows[];
    try {
      rows = recording.record(views, pictures);
    } catch (error) {
      recording.abandon();
      throw error;
    }
    if (to === "cpu") recording.recorder.command((encoder) => this.#readback.stage(encoder, rows));
    const failed = await firstComplaint(await recording.submit());
    if (!failed && this.#gone === undefined) {
      recording.recorder.succeeded();
      return rows;
    }
    this.release(rows);
    this.requireDevice();
    throw this.#refused("work", failed!);
  }

  /** Finds out whether `fma` rounds once on the device. */
  async #findFusing(): Promise<void> {
    const buffer = await this.#filled("probe of fma", 4, recordFusing);
    const [sum] = new Float32Array(await this.#readOnce(buffer, 4));
    this.context.fuses = sum !== 0;
  }

  /**
   * Records work by `record` and submits it at once. Resolves when it is valid.
   * @throws {VitrailError} `device` where the GPU refuses `what`, or is gone.
   */
  async submit(what: string, record: (recorder: Recorder) => void): Promise<void> {
    this.requireDevice();
    const recorder = new Recorder(this.context);
    try {
      record(recorder);
    } catch (error) {
      recorder.abandon();
      throw error;
    }
    const failed = await firstComplaint(await recorder.submit());
    this.requireDevice();
    if (failed) throw this.#refused(what, failed);
    recorder.succeeded();
  }

  /**
   * Returns a buffer that work fills, which `record` records.
   * @throws {VitrailError} `device` where the GPU refuses `what`, or is gone.
   */
  async #filled(
    what: string,
    bytes: number,
    record: (recorder: Recorder, buffer: GPUBuffer) => void,
  ): Promise<GPUBuffer> {
    let buffer: GPUBuffer | undefined;
    try {
      await this.submit(what, (recorder) => {
        buffer = this.context.pool.takeBuffer("storage", bytes);
        record(recorder, buffer);
      });
      return buffer!;
    } catch (error) {
      buffer?.destroy(); // it may be invalid
      throw error;
    }
  }

  /**
   * Returns the error of refused work, and forgets all that later work would take again: a buffer, pipeline
   * or texture that could not be made would be as invalid then, and tables that were not uploaded missing.
   */
  #refused(what: string, { message }: GPUError): VitrailError {
    this.context.pool.clear();
    this.context.tables.clear();
    this.context.kernels.clear();
    return new VitrailError("device", `the GPU refused the ${what}: ${message}`);
  }

  /**
   * Copies bytes into the CPU memory that `into` gives for each source, with one wait for all of them.
   * @returns an array for each source for which it gives none
   * @throws {VitrailError} `device` where the GPU does not give them, or is gone.
   */
  async read<T extends DeviceBytes>(
    sources: readonly T[],
    into: (source: T) => Uint8Array | undefined,
  ): Promise<Uint8Array<ArrayBuffer>[]> {
    this.requireDevice();
    try {
      return await this.#readback.read(sources, into);
    } catch (error) {
      await isLost(this.context.device); // which names the error, and may be told a little later
      this.requireDevice();
      throw error;
    }
  }

  /** Returns the bytes of a buffer, which goes back to the pool. */
  async #readOnce(buffer: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
    try {
      const [read] = await this.read([{ buffer, bytes }], () => undefined);
      return read.buffer;
    } finally {
      this.context.pool.giveBuffer("storage", buffer);
    }
  }

  /**
   * Returns elements in the order of a layout's output.
   * @throws {VitrailError} `limit` where either side is larger than a binding; `device` where the GPU refuses
   * it, or is gone.
   */
  async rearrange(elements: Elements, layout: Layout): Promise<Elements> {
    this.requireDevice();
    const words = wordsOf(elements), count = countOf(layout.outputShape);
    requireBindings(this.context.device.limits, words.length, count);
    if (count === 0) return elementsLike(elements, new Uint32Array());
    const buffer = await this.#filled("rearrangement", count * 4, (recorder, buffer) => {
      recordRearrange(recorder, recorder.uploaded(words), layout, buffer);
    });
    return elementsLike(elements, new Uint32Array(await this.#readOnce(buffer, count * 4), 0, count));
  }

  /**
   * Joins parts that follow one another in one buffer, where one binding holds them all and there is memory
   * for it; elsewhere returns them as they are.
   * @throws {VitrailError} `device` where the GPU is gone.
   */
  async join(parts: readonly DeviceRows[]): Promise<DeviceRows[]> {
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    const { maxStorageBufferBindingSize, maxBufferSize } = this.context.device.limits;
    const aligned = parts.every((part) => part.bytes % 4 === 0);
    if (parts.length < 2 || !aligned || bytes > Math.min(maxStorageBufferBindingSize, maxBufferSize)) {
      return [...parts];
    }
    let buffer: GPUBuffer;
    try {
      buffer = await this.#filled("joining", bytes, (recorder, joined) => {
        let end = 0;
        for (const { buffer, bytes } of parts) {
          const start = end;
          recorder.command((encoder) => encoder.copyBufferToBuffer(buffer, 0, joined, start, bytes));
          end += bytes;
        }
      });
    } catch (error) {
      this.requireDevice();
      if (!(error instanceof VitrailError)) throw error;
      return [...parts];
    }
    this.release(parts);
    const rows = parts.reduce((sum, part) => sum + part.shape[0], 0);
    return [{ ...parts[0], shape: [rows, ...parts[0].shape.slice(1)], buffer, bytes }];
  }

  /**
   * Moves rows into the order of a layout of words, in another buffer, and gives their own back.
   * @param shape the shape of what it returns, in elements
   * @throws {VitrailError} `limit` where a binding does not hold them; `device` where the GPU refuses it, or
   * is gone.
   */
  async arrange(rows: DeviceRows, layout: Layout, shape: number[]): Promise<DeviceRows> {
    const words = countOf(layout.outputShape);
    requireBindings(this.context.device.limits, words, words);
    const buffer = await this.#filled("arrangement", words * 4, (recorder, buffer) => {
      recordRearrange(recorder, rows.buffer, layout, buffer);
    });
    this.release([rows]);
    const { output, dtype, bytes } = rows;
    return { output, dtype, row: 0, shape, bytes, buffer };
  }

  /** Gives rows' buffers back to the pool. */
  release(rows: readonly DeviceRows[]): void {
    releaseRows(this.context.pool, rows);
  }

  /** Frees all that it made; the device stays the caller's. */
  close(): void {
    this.#gone ??= "the engine was closed; read its tensors before, or open another one";
    this.context.pool.close();
    this.context.tables.close();
  }

  /**
   * Makes sure that the device is there.
   * @throws {VitrailError} `device` where it was lost, or the engine was closed.
   */
  requireDevice(): void {
    if (this.#gone !== undefined) throw new VitrailError("device", this.#gone);
  }
}

/** Returns whether a view's kernels add products of floats. */
function sumsFloats(view: View): boolean {
  if (view.kind !== "canvas") return view.kind === "global";
  return isFloat(view) || view.placements.some(({ resampler }) => resampler === "torch-cuda");
}
