import { VitrailError } from "../../errors.ts";
import { countOf } from "../../layout/shape.ts";
import { ELEMENT_BYTES } from "../../plan/dtype.ts";
import type { OutputShape, Plan } from "../../plan/plan.ts";
import { type Executor, requireDevice, type Rows } from "../executor.ts";
import type { ArrayPool } from "../results/array_pool.ts";
import { arrangedBytes, arrangedRows } from "../results/arranged.ts";
import { Tensor } from "../results/tensor.ts";

/** CPU memory of some rows of an output. */
export interface RowArray {
  /** The output's name. */
  output: string;
  /** The first of the rows, on the output's leading axis. */
  row: number;
  /** The bytes of a row. */
  rowBytes: number;
  /** The memory, of all of them. */
  bytes: Uint8Array<ArrayBuffer>;
}

/** The place of some rows in an output: the first of them, and their shape. */
export type RowOutline = Pick<Rows, "output" | "row" | "shape">;

/** Takes the rows of a call's chunks, and makes tensors of them. */
export interface Sink {
  /** The rows that no chunk makes, since they are there. */
  readonly there: readonly RowOutline[];
  /**
   * Takes a chunk's rows, which are the sink's from then on. Resolves when the chunk's memory is free again.
   */
  take(rows: readonly Rows[]): Promise<void>;
  /** Returns the bytes of some rows of an output, from `row` on, for verification. */
  rowsOf(output: string, row: number, bytes: number): Uint8Array;
  /** Returns the outputs' tensors, once all rows are there. */
  finish(): Promise<Record<string, Tensor>>;
  /** Frees all that was taken. */
  dispose(): void;
}

/**
 * Reads rows back, into one array for each output. Rows that are a whole output come in the executor's own
 * array where that costs less.
 */
export class CpuSink implements Sink {
  readonly #bytes: Record<string, Uint8Array<ArrayBuffer>> = {};

  /**
   * Creates a sink whose arrays come from a pool, and go back to it with their tensors.
   * @throws {VitrailError} `limit` where an output is longer than an array can be.
   */
  constructor(readonly plan: Plan, readonly executor: Executor, readonly arrays: ArrayPool) {
    for (const output of Object.keys(plan.outputs)) if (!this.#mayBeWhole(output)) this.#arrayOf(output);
  }

  get there(): readonly RowOutline[] {
    return [];
  }

  async take(rows: readonly Rows[]): Promise<void> {
    const whole = rows.filter(({ output, bytes }) =>
      bytes === outputBytes(this.plan, output) && this.#mayBeWhole(output)
    );
    try {
      const made = await this.executor.read(rows, (own) => {
        if (!whole.includes(own)) return this.rowsOf(own.output, own.row, own.bytes);
        this.arrays.makeRoom(own.bytes);
      });
      for (const [index, { output }] of whole.entries()) this.#bytes[output] = made[index];
    } finally {
      this.executor.release(rows);
    }
  }

  /** Returns memory for some rows of an output, made elsewhere, which then goes to {@linkcode put}. */
  arrayFor(output: string, row: number, rows: number): RowArray {
    const whole = rows === this.plan.outputs[output].shape[0], bytes = rows * rowBytes(this.plan, output);
    if (!whole) return { output, row, rowBytes: bytes / rows, bytes: this.arrays.take(bytes) };
    if (this.#bytes[output]?.buffer.detached) delete this.#bytes[output];
    return { output, row, rowBytes: bytes / rows, bytes: this.#arrayOf(output) };
  }

  /** Puts rows in their place. Those that are the whole output are not copied. */
  put({ output, row, rowBytes, bytes }: RowArray): void {
    if (bytes.length === this.plan.outputs[output].shape[0] * rowBytes) this.#bytes[output] = bytes;
    else {
      this.rowsOf(output, row, bytes.length).set(bytes);
      this.arrays.give(bytes);
    }
  }

  /** Returns whether an output's rows come in the executor's own array where they come all together. */
  #mayBeWhole(output: string): boolean {
    return outputBytes(this.plan, output) <= (this.executor.ownArray ?? -1);
  }

  rowsOf(output: string, row: number, bytes: number): Uint8Array {
    const from = row * rowBytes(this.plan, output);
    return this.#arrayOf(output).subarray(from, from + bytes);
  }

  /** Returns an output's array, from the pool where it has none yet. */
  #arrayOf(output: string): Uint8Array<ArrayBuffer> {
    const bytes = outputBytes(this.plan, output);
    try {
      return this.#bytes[output] ??= this.arrays.take(bytes);
    } catch (cause) {
      const { shape } = this.plan.outputs[output];
      throw new VitrailError(
        "limit",
        `${output} [${shape}] takes ${bytes} bytes, more than one array holds here; use engine.stream`,
        { cause },
      );
    }
  }

  finish(): Promise<Record<string, Tensor>> {
    const tensors = Object.entries(this.plan.outputs).map(([name, output]) => {
      const { dtype, shape, as = shape, lists, shapes } = output;
      const values = { bytes: this.#arranged(name, output), arrays: this.arrays };
      return [name, new Tensor(name, dtype, as, values, lists, shapes)] as const;
    });
    return Promise.resolve(Object.fromEntries(tensors));
  }

  /** Returns an output's bytes in the order that they are returned in. */
  #arranged(name: string, output: OutputShape): Uint8Array<ArrayBuffer> {
    const bytes = this.#arrayOf(name); // an output without rows has one, too
    if (output.arranged === undefined) return bytes;
    this.#bytes[name] = arrangedBytes(bytes, output, (length) => this.arrays.take(length));
    this.arrays.give(bytes);
    return this.#bytes[name];
  }

  dispose(): void {
    for (const bytes of Object.values(this.#bytes)) this.arrays.give(bytes);
  }
}

/** Keeps rows on the device, joined at the end where one binding holds them. */
export class DeviceSink implements Sink {
  readonly there = [];
  #parts: Rows[] = [];

  /**
   * Creates a sink that keeps an executor's rows.
   * @throws {VitrailError} `device` where the executor has no device.
   */
  constructor(readonly plan: Plan, readonly executor: Executor) {
    requireDevice(executor);
  }

  take(rows: readonly Rows[]): Promise<void> {
    this.#parts.push(...rows);
    return Promise.resolve();
  }

  rowsOf(): Uint8Array {
    throw new VitrailError("usage", "rows on the device are not compared");
  }

  async finish(): Promise<Record<string, Tensor>> {
    const { executor } = this;
    const tensors: Record<string, Tensor> = {};
    for (const [name, output] of Object.entries(this.plan.outputs)) {
      const { dtype, shape, as = shape, lists, shapes } = output;
      const others = this.#parts.filter((part) => part.output !== name);
      const joined = await executor.join(this.#parts.filter((part) => part.output === name));
      this.#parts = [...others, ...joined];
      const parts = output.arranged === undefined ? joined : [await arrangedRows(executor, joined, output)];
      this.#parts = [...others, ...parts];
      tensors[name] = new Tensor(name, dtype, as, { parts, executor }, lists, shapes);
    }
    return tensors;
  }

  dispose(): void {
    this.executor.release(this.#parts);
  }
}

/** Returns the bytes of an output. */
function outputBytes(plan: Plan, output: string): number {
  return plan.outputs[output].shape[0] * rowBytes(plan, output);
}

/** Returns the bytes of one row of an output. */
function rowBytes(plan: Plan, output: string): number {
  const { dtype, shape } = plan.outputs[output];
  return countOf(shape.slice(1)) * ELEMENT_BYTES[dtype];
}
