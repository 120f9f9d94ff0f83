import { VitrailError } from "../errors.ts";
import type { Layout } from "../layout/layout.ts";
import type { Dtype } from "../plan/dtype.ts";
import type { Plan } from "../plan/plan.ts";
import type { StoredPicture } from "../plan/stored_picture.ts";
import { firstOf } from "./device/error_scopes.ts";
import { Kernels } from "./device/kernels.ts";
import { Memory } from "./device/pool.ts";
import { Readback } from "./device/readback.ts";
import { Recorder } from "./device/recorder.ts";
import { Turns } from "./device/submit_queue.ts";
import { params, u32 } from "./device/uniforms.ts";
import { Tables } from "./passes/table_textures.ts";
import { Job } from "./recording.ts";

/** Rows of one output tensor on the device. */
export interface DeviceRows {
  output: string;
  dtype: Dtype;
  row: number;
  /** `[rows, …]` of the output. */
  shape: number[];
  /** Little-endian elements from the buffer's start; the buffer may be longer. */
  buffer: GPUBuffer;
  bytes: number;
  /** Where the same submission copied them to, for the CPU. */
  staging?: GPUBuffer;
}

/** Runs plans on one GPU device. */
export class GpuExecutor {
  readonly kernels: Kernels;
  readonly memory: Memory;
  readonly #tables: Tables;
  readonly #turns = new Turns();
  readonly #readback: Readback;
  #gone: string | undefined;

  /** An executor on `device` that keeps `memoryBytes` in reserve at most and uploads a quarter of it at once. */
  constructor(readonly device: GPUDevice, readonly memoryBytes: number) {
    this.kernels = new Kernels(device);
    this.memory = new Memory(device, memoryBytes);
    this.#tables = new Tables(device);
    this.#readback = new Readback(this.memory, this.#turns);
    device.lost.then(({ message, reason }) => {
      const why = message || reason || "no reason given";
      this.#gone ??= `the GPU device was lost (${why}); open the engine again to go on`;
    });
  }

  /**
   * Runs the images `from`..`to` of a plan, in one submission where memory allows; rows `goingTo` the CPU it copies
   * where `read` finds them. Resolves when it is submitted and valid.
   */
  async run(
    plan: Plan,
    from: number,
    to: number,
    pictures: ReadonlyMap<number, StoredPicture>,
    goingTo: "cpu" | "device" = "device",
  ): Promise<DeviceRows[]> {
    this.requireDevice();
    const job = new Job(this, this.#tables, plan);
    const views = { from: plan.images[from].views[0], to: plan.images[to - 1].views[1] };
    let rows: DeviceRows[];
    try {
      rows = job.record(views.from, views.to, pictures);
    } catch (error) {
      job.abandon();
      throw error;
    }
    if (goingTo === "cpu") job.recorder.command((encoder) => this.#readback.stage(encoder, rows));
    const failed = await firstOf(await job.submit(this.#turns));
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
    const recorder = new Recorder(this.kernels, this.memory, this.memoryBytes / 2);
    try {
      record(recorder);
    } catch (error) {
      recorder.abandon();
      throw error;
    }
    const failed = await firstOf(await recorder.submit());
    this.requireDevice();
    if (failed) throw this.#refused(what, failed);
  }

  /** The error of refused work. A buffer or texture that could not be made is as invalid when it is taken again, so none is kept. */
  #refused(what: string, { message }: GPUError): VitrailError {
    this.memory.clear();
    return new VitrailError("device", `the GPU refused the ${what}: ${message}`);
  }

  /** Copies rows into CPU memory: one map for all of them. */
  async read(rows: readonly DeviceRows[], into: (rows: DeviceRows) => Uint8Array): Promise<void> {
    this.requireDevice();
    try {
      await this.#readback.read(rows, into);
    } catch (error) {
      this.requireDevice();
      throw error;
    }
  }

  /**
   * Words in the order of a layout's output.
   * @throws {VitrailError} `limit` where either side is larger than a binding.
   */
  async rearrange(words: Uint32Array, layout: Layout): Promise<Uint32Array> {
    this.requireDevice();
    const count = layout.outputShape.reduce((a, b) => a * b, 1);
    const limit = this.device.limits.maxStorageBufferBindingSize;
    if (Math.max(words.length, count) * 4 > limit) {
      throw new VitrailError(
        "limit",
        `rearranging ${words.length} elements into ${count} needs more than ${limit} bytes`,
      );
    }
    if (count === 0) return new Uint32Array();
    const bytes = count * 4;
    let buffer: GPUBuffer | undefined;
    try {
      await this.submit("rearrangement", (recorder) => {
        const output = { buffer: buffer = this.memory.takeBuffer("storage", bytes), size: bytes };
        const input = { buffer: recorder.buffer("storage", words.byteLength), size: words.byteLength };
        this.device.queue.writeBuffer(input.buffer, 0, words as Uint32Array<ArrayBuffer>);
        const { columns, lines, count: lineCount, longest, run } = this.#tables.lines(layout);
        const layer = Math.min(lineCount, 65535); // lines
        const groups = [Math.ceil(longest / (run * 64)), layer, Math.ceil(lineCount / layer)] as const;
        const bindings = [columns, lines, input, output];
        recorder.dispatch(`rearrangeBy${run}`, {}, params(u32(lineCount), u32(layer)), bindings, groups);
      });
      const moved = new Uint32Array(count);
      const rows: DeviceRows = { output: "", dtype: "f32", row: 0, shape: [count], buffer: buffer!, bytes };
      await this.read([rows], () => new Uint8Array(moved.buffer));
      this.release([rows]);
      return moved;
    } catch (error) {
      buffer?.destroy(); // it may be invalid
      throw error;
    }
  }

  /** Joins parts that follow one another into one buffer, where one binding holds them all and there is memory for it. */
  async join(parts: DeviceRows[]): Promise<DeviceRows[]> {
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    const { maxStorageBufferBindingSize, maxBufferSize } = this.device.limits;
    const aligned = parts.every((part) => part.bytes % 4 === 0);
    if (parts.length < 2 || !aligned || bytes > Math.min(maxStorageBufferBindingSize, maxBufferSize)) {
      return parts;
    }
    let buffer: GPUBuffer | undefined;
    try {
      await this.submit("joining", (recorder) => {
        const joined = buffer = this.memory.takeBuffer("storage", bytes);
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
      return parts;
    }
    this.release(parts);
    const rows = parts.reduce((sum, part) => sum + part.shape[0], 0);
    return [{ ...parts[0], shape: [rows, ...parts[0].shape.slice(1)], buffer: buffer!, bytes }];
  }

  /** Gives rows' buffers back. */
  release(rows: readonly DeviceRows[]): void {
    for (const { buffer, staging } of rows) {
      this.memory.giveBuffer("storage", buffer);
      if (staging) this.memory.giveBuffer("readback", staging);
    }
  }

  /** Frees what it made; the device stays the caller's. */
  close(): void {
    this.#gone ??= "the engine was closed; read its tensors before, or open another one";
    this.memory.close();
    this.#tables.close();
  }

  /** @throws {VitrailError} `device` where the device was lost, or the engine was closed. */
  requireDevice(): void {
    if (this.#gone !== undefined) throw new VitrailError("device", this.#gone);
  }
}
