import { VitrailError } from "../../errors.ts";
import type { DeviceRows } from "../../gpu/device_rows.ts";
import type { Executor, Rows } from "../executor.ts";
import { type Dtype, ELEMENT_BYTES, type IntegerType } from "../../plan/dtype.ts";
import type { ArrayPool } from "./array_pool.ts";

/** The array that holds elements of a type; bf16 as its bits, bool as 0 and 1. */
export interface ElementArrays {
  f32: Float32Array<ArrayBuffer>;
  f16: Float16Array<ArrayBuffer>;
  bf16: Uint16Array<ArrayBuffer>;
  u8: Uint8Array<ArrayBuffer>;
  bool: Uint8Array<ArrayBuffer>;
  i64: BigInt64Array<ArrayBuffer>;
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

/** Where a tensor's elements lie: bytes of its own, bytes that are used again, or rows on the device in order. */
export type TensorValues =
  | Uint8Array
  | { bytes: Uint8Array<ArrayBuffer>; arrays: ArrayPool }
  | { parts: readonly Rows[]; executor: Pick<Executor, "read" | "release"> };

/** A tensor in CPU memory, or on the device in one or more parts along its leading axis. */
export class Tensor<T extends Dtype | IntegerType = Dtype | IntegerType> {
  #values: TensorValues | undefined;

  /** A tensor of `bytes` (little-endian), or of device rows in order. */
  constructor(
    /** Its name among the batch's outputs. */
    readonly name: string,
    /** Its elements' type. */
    readonly dtype: T,
    /** Its shape, leading axis first. */
    readonly shape: readonly number[],
    values: TensorValues,
    /** The lengths of the lists that Python returns in place of a tensor, where it does. */
    readonly lists?: readonly number[],
  ) {
    this.#values = values;
  }

  /** Its parts on the device, in order; empty for a tensor in CPU memory. */
  get parts(): readonly DeviceRows[] {
    return this.#values && "parts" in this.#values ? this.#values.parts.filter(isOnDevice) : [];
  }

  /**
   * The one `GPUBuffer` that holds it, elements from the start.
   * @throws {VitrailError} `limit` where it is in CPU memory or in several parts.
   */
  get buffer(): GPUBuffer {
    const { parts } = this;
    if (parts.length === 1) return parts[0].buffer;
    this.#requireValues();
    throw new VitrailError(
      "limit",
      parts.length === 0
        ? `${this.name} is in CPU memory; with { to: "device" } what is made of pixels is in GPUBuffers, and nothing else`
        : `${this.name} is in ${parts.length} parts, which one buffer does not hold; use tensor.parts`,
    );
  }

  /**
   * Its little-endian bytes, read back where they are on the device. The `buffer` behind them may be longer than they are.
   * @throws {VitrailError} `usage` where it was disposed of.
   */
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    const values = this.#requireValues();
    if (values instanceof Uint8Array) return values as Uint8Array<ArrayBuffer>; // the engine shares no memory
    if ("bytes" in values) return values.bytes;
    const { parts, executor } = values;
    const total = parts.reduce((sum, part) => sum + part.bytes, 0);
    const bytes = new Uint8Array(total);
    let at = 0;
    const places = new Map(parts.map((part) => [part, (at += part.bytes) - part.bytes]));
    await executor.read(parts, (part) => bytes.subarray(places.get(part)!));
    return bytes;
  }

  /** Its elements; of a `buffer` that may be longer than they are. */
  async data(): Promise<ElementArrays[T]> {
    const { buffer, byteOffset, byteLength } = await this.bytes();
    return new ARRAYS[this.dtype](buffer, byteOffset, byteLength / ELEMENT_BYTES[this.dtype]);
  }

  /**
   * Gives its memory back for later results. ArrayPool that it gave of CPU memory are empty from then on: whoever keeps them
   * does not dispose of the tensor, and leaves it to the garbage collector.
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

  /** `dispose`, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

function isOnDevice(rows: Rows): rows is DeviceRows {
  return "buffer" in rows;
}
