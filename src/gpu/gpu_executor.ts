import { VitrailError } from "../errors.ts";
import type { Layout } from "../layout/layout.ts";
import { countOf } from "../layout/shape.ts";
import type { Elements } from "../plan/dtype.ts";
import type { Range } from "../plan/geometry.ts";
import type { Plan } from "../plan/plan.ts";
import type { Pictures } from "../plan/stored_picture.ts";
import { GpuContext } from "./device/context.ts";
import { firstComplaint } from "./device/error_scopes.ts";
import { type DeviceBytes, Readback } from "./device/readback.ts";
import { Recorder } from "./device/recorder.ts";
import { type DeviceRows, releaseRows } from "./device_rows.ts";
import { elementsLike, recordRearrange, requireBindings, wordsOf } from "./passes/rearrange_pass.ts";
import { TableTextures } from "./passes/table_textures.ts";
import { ChunkRecording } from "./recording.ts";

/** Runs plans on one GPU device. */
export class GpuExecutor {
  readonly context: GpuContext;
  readonly #tables: TableTextures;
  readonly #readback: Readback;
  #gone: string | undefined;

  /** An executor on `device` whose work may take `memory` bytes, and that keeps as many at most for later work. */
  constructor(device: GPUDevice, memory: number) {
    this.context = new GpuContext(device, memory);
    this.#tables = new TableTextures(device);
    this.#readback = new Readback(this.context.pool, this.context.queue);
    device.lost.then(({ message, reason }) => {
      const why = message || reason || "no reason given";
      this.#gone ??= `the GPU device was lost (${why}); open the engine again to go on`;
    });
  }

  /**
   * Runs some images of a plan, in one submission where memory allows. Rows that go `to` the CPU it also copies to where
   * `read` finds them. Resolves when all is submitted and valid.
   */
  async run(plan: Plan, images: Range, pictures: Pictures, to: "cpu" | "device"): Promise<DeviceRows[]> {
    this.requireDevice();
    const recording = new ChunkRecording(this.context, this.#tables, plan);
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
    this.requireDevice();
    if (!failed) return rows;
    this.release(rows);
    throw this.#refused("work", failed);
  }

  /**
   * Records by `record` and submits at once; resolves when it is valid.
   * @throws {VitrailError} `device` where the GPU refuses `what`.
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
  }

  /** The error of refused work. A buffer or texture that could not be made is as invalid when it is taken again, so none is kept. */
  #refused(what: string, { message }: GPUError): VitrailError {
    this.context.pool.clear();
    return new VitrailError("device", `the GPU refused the ${what}: ${message}`);
  }

  /** Copies rows into CPU memory: one map for all of them. */
  read(rows: readonly DeviceRows[], into: (rows: DeviceRows) => Uint8Array): Promise<void> {
    return this.#read(rows, into);
  }

  async #read<T extends DeviceBytes>(sources: readonly T[], into: (source: T) => Uint8Array): Promise<void> {
    this.requireDevice();
    try {
      await this.#readback.read(sources, into);
    } catch (error) {
      this.requireDevice();
      throw error;
    }
  }

  /**
   * Moves elements into the order of a layout's output.
   * @throws {VitrailError} `limit` where either side is larger than a binding.
   */
  async rearrange(elements: Elements, layout: Layout): Promise<Elements> {
    const words = wordsOf(elements);
    return elementsLike(elements, await this.#rearrangeWords(words, layout));
  }

  async #rearrangeWords(words: Uint32Array, layout: Layout): Promise<Uint32Array> {
    this.requireDevice();
    const count = countOf(layout.outputShape), bytes = count * 4;
    requireBindings(this.context.device.limits, words.length, count);
    if (count === 0) return new Uint32Array();
    let buffer: GPUBuffer | undefined;
    try {
      await this.submit("rearrangement", (recorder) => {
        buffer = this.context.pool.takeBuffer("storage", bytes);
        recordRearrange(recorder, this.#tables, words, layout, { buffer, size: bytes });
      });
      const moved = new Uint32Array(count), made = { buffer: buffer!, bytes };
      await this.#read([made], () => new Uint8Array(moved.buffer));
      this.context.pool.giveBuffer("storage", buffer!);
      return moved;
    } catch (error) {
      buffer?.destroy(); // it may be invalid
      throw error;
    }
  }

  /** Joins parts that follow one another into one buffer, where one binding holds them all and there is memory for it. */
  async join(parts: readonly DeviceRows[]): Promise<DeviceRows[]> {
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    const { maxStorageBufferBindingSize, maxBufferSize } = this.context.device.limits;
    const aligned = parts.every((part) => part.bytes % 4 === 0);
    if (parts.length < 2 || !aligned || bytes > Math.min(maxStorageBufferBindingSize, maxBufferSize)) {
      return [...parts];
    }
    let buffer: GPUBuffer | undefined;
    try {
      await this.submit("joining", (recorder) => {
        const joined = buffer = this.context.pool.takeBuffer("storage", bytes);
        let at = 0;
        for (const part of parts) {
          const to = (at += part.bytes) - part.bytes;
          recorder.command((encoder) => encoder.copyBufferToBuffer(part.buffer, 0, joined, to, part.bytes));
        }
      });
    } catch (error) {
      buffer?.destroy();
      this.requireDevice();
      if (!(error instanceof VitrailError)) throw error;
      return [...parts];
    }
    this.release(parts);
    const rows = parts.reduce((sum, part) => sum + part.shape[0], 0);
    return [{ ...parts[0], shape: [rows, ...parts[0].shape.slice(1)], buffer: buffer!, bytes }];
  }

  /** Gives rows' buffers back. */
  release(rows: readonly DeviceRows[]): void {
    releaseRows(this.context.pool, rows);
  }

  /** Frees what it made; the device stays the caller's. */
  close(): void {
    this.#gone ??= "the engine was closed; read its tensors before, or open another one";
    this.context.pool.close();
    this.#tables.close();
  }

  /** @throws {VitrailError} `device` where the device was lost, or the engine was closed. */
  requireDevice(): void {
    if (this.#gone !== undefined) throw new VitrailError("device", this.#gone);
  }
}
