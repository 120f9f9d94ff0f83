import { requireChoice, VitrailError } from "../../errors.ts";
import { requireGiven } from "../../given/given_value.ts";
import type { DeviceRows } from "../../gpu/device_rows.ts";
import { type Dtype, ELEMENT_BYTES, type IntegerType } from "../../plan/dtype.ts";
import type { Executor, Rows } from "../executor.ts";
import type { ArrayPool } from "./array_pool.ts";

/** The array that holds the elements of each type. */
export interface ElementArrays {
  /** Single floats. */
  f32: Float32Array<ArrayBuffer>;
  /** Half floats. */
  f16: Float16Array<ArrayBuffer>;
  /** The bits of brain floats. */
  bf16: Uint16Array<ArrayBuffer>;
  /** Bytes. */
  u8: Uint8Array<ArrayBuffer>;
  /** Booleans, as 0 and 1. */
  bool: Uint8Array<ArrayBuffer>;
  /** Integers of 64 bits. */
  i64: BigInt64Array<ArrayBuffer>;
  /** Integers of 32 bits. */
  i32: Int32Array<ArrayBuffer>;
}

/** Elements as JavaScript holds them. */
export type TensorData = ElementArrays[Dtype | IntegerType];

const ARRAYS: {
  [T in Dtype | IntegerType]: new (bytes: ArrayBuffer, from: number, length: number) => ElementArrays[T];
} = {
  f32: Float32Array,
  f16: Float16Array,
  bf16: Uint16Array,
  u8: Uint8Array,
  bool: Uint8Array,
  i64: BigInt64Array,
  i32: Int32Array,
};

/** A tensor's elements: bytes of its own, bytes that go back to a pool, or rows of an executor in order. */
export type TensorValues =
  | Uint8Array
  | { bytes: Uint8Array<ArrayBuffer>; arrays: ArrayPool }
  | { parts: readonly Rows[]; executor: Pick<Executor, "read" | "release" | "ownArray"> };

/** A tensor, in CPU memory or on the device; there in one or more parts along its leading axis. */
export class Tensor<T extends Dtype | IntegerType = Dtype | IntegerType> {
  #values: TensorValues | undefined;

  /**
   * Creates a tensor of little-endian bytes, or of an executor's rows in order.
   * @throws {VitrailError} `usage` for a name, a type, a shape or values that there cannot be.
   */
  constructor(
    /** Its name among the batch's outputs. */
    readonly name: string,
    /** Its elements' type. */
    readonly dtype: T,
    /** Its shape, leading axis first. */
    readonly shape: readonly number[],
    values: TensorValues,
    /** The lengths of the lists that Python returns instead of one tensor, where it does. */
    readonly lists?: readonly number[],
    /** The shape of each list's own tensor, where those differ and the rows are single elements. */
    readonly shapes?: readonly (readonly number[])[],
  ) {
    requireGiven("a tensor's name", name, "a text");
    if (!Object.hasOwn(ARRAYS, dtype)) requireChoice("a tensor's dtype", dtype ?? null, Object.keys(ARRAYS));
    requireGiven("a tensor's shape", shape, "a list", "[1, 3, 336, 336]");
    if (!(values instanceof Uint8Array)) {
      requireGiven("a tensor's values", values, "an object", "a Uint8Array");
      if ("bytes" in values) requireGiven("a tensor's bytes", values.bytes, "an array of numbers");
      else requireGiven("a tensor's parts", values.parts, "a list");
    }
    this.#values = values;
  }

  /** Its parts on the device, in order; empty for a tensor in CPU memory. */
  get parts(): readonly DeviceRows[] {
    return this.#values && "parts" in this.#values ? this.#values.parts.filter(isOnDevice) : [];
  }

  /**
   * The one `GPUBuffer` that holds it, its elements from the buffer's start.
   * @throws {VitrailError} `limit` where it is in CPU memory or in several parts.
   */
  get buffer(): GPUBuffer {
    const { parts } = this;
    if (parts.length === 1) return parts[0].buffer;
    this.#requireValues();
    const found = parts.length === 0
      ? `in CPU memory; with { to: "device" } what is made of pixels is in GPUBuffers, and nothing else`
      : `in ${parts.length} parts, which one buffer does not hold; use tensor.parts`;
    throw new VitrailError("limit", `${this.name} is ${found}`);
  }

  /**
   * Returns its little-endian bytes, read back where they are on the device. The `buffer` behind them may be
   * longer than they are.
   * @throws {VitrailError} `usage` where it was disposed of; `device` where the GPU does not give them.
   */
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    const values = this.#requireValues();
    if (values instanceof Uint8Array) return values as Uint8Array<ArrayBuffer>; // the engine shares no memory
    if ("bytes" in values) return values.bytes;
    const { parts, executor } = values;
    const starts = new Map<Rows, number>();
    let total = 0;
    for (const part of parts) {
      starts.set(part, total);
      total += part.bytes;
    }
    if (parts.length === 1 && total <= (executor.ownArray ?? -1)) {
      return (await executor.read(parts, () => undefined))[0];
    }
    const bytes = new Uint8Array(total);
    await executor.read(parts, (part) => bytes.subarray(starts.get(part)!));
    return bytes;
  }

  /**
   * Returns its elements, read back where they are on the device. The `buffer` behind them may be longer than
   * they are.
   * @throws {VitrailError} `usage` where it was disposed of; `device` where the GPU does not give them.
   */
  async data(): Promise<ElementArrays[T]> {
    const { buffer, byteOffset, byteLength } = await this.bytes();
    return new ARRAYS[this.dtype](buffer, byteOffset, byteLength / ELEMENT_BYTES[this.dtype]);
  }

  /**
   * Gives its memory back for later results. Arrays that it gave of CPU memory are empty from then on:
   * whoever keeps them does not dispose of the tensor, and leaves it to the garbage collector.
   */
  dispose(): void {
    const values = this.#values;
    this.#values = undefined;
    if (!values || values instanceof Uint8Array) return;
    if ("bytes" in values) values.arrays.give(values.bytes);
    else values.executor.release(values.parts);
  }

  #requireValues(): TensorValues {
    if (this.#values) return this.#values;
    throw new VitrailError("usage", `${this.name} was disposed of; read it before`);
  }

  /** Disposes of it, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

function isOnDevice(rows: Rows): rows is DeviceRows {
  return "buffer" in rows;
}
