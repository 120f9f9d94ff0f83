import { VitrailError } from "../errors.ts";
import type { DeviceRows, GpuExecutor } from "../gpu/executor.ts";
import { ELEMENT_BYTES } from "../plan/element_bytes.ts";
import type { IntegerType } from "../plan/integers.ts";
import type { Dtype } from "../plan/plan.ts";

/** Elements as JavaScript holds them; bf16 as its bits, bool as 0 and 1. */
export type TensorData = Float32Array | Float16Array | Uint16Array | Uint8Array | BigInt64Array | Int32Array;

/** A tensor in CPU memory, or on the device in one or more parts along its leading axis. */
export class Tensor {
  #bytes: Uint8Array | undefined;
  #parts: DeviceRows[];
  readonly #executor: GpuExecutor | undefined;

  /** A tensor of `bytes` (little-endian), or of device rows in order. */
  constructor(
    /** Its name among the batch's outputs. */
    readonly name: string,
    /** Its elements' type. */
    readonly dtype: Dtype | IntegerType,
    /** Its shape, leading axis first. */
    readonly shape: readonly number[],
    values: Uint8Array | { parts: DeviceRows[]; executor: GpuExecutor },
    /** The lengths of the lists that Python returns in place of a tensor, where it does. */
    readonly lists?: readonly number[],
  ) {
    this.#bytes = values instanceof Uint8Array ? values : undefined;
    this.#parts = values instanceof Uint8Array ? [] : values.parts;
    this.#executor = values instanceof Uint8Array ? undefined : values.executor;
  }

  /** Its parts on the device, in order; empty for a tensor in CPU memory. */
  get parts(): readonly DeviceRows[] {
    return this.#parts;
  }

  /**
   * The one `GPUBuffer` that holds it, elements from the start.
   * @throws {VitrailError} `limit` where it is in CPU memory or in several parts.
   */
  get buffer(): GPUBuffer {
    if (this.#parts.length === 1) return this.#parts[0].buffer;
    throw new VitrailError(
      "limit",
      this.#parts.length === 0
        ? `${this.name} is in CPU memory; ask for { to: "device" } to have it in a GPUBuffer`
        : `${this.name} is in ${this.#parts.length} parts, too large for one binding; use tensor.parts`,
    );
  }

  /** Its little-endian bytes, read back where they are on the device. */
  async bytes(): Promise<Uint8Array> {
    if (this.#bytes) return this.#bytes;
    const total = this.#parts.reduce((sum, part) => sum + part.bytes, 0);
    const bytes = new Uint8Array(total);
    let at = 0;
    const places = new Map(this.#parts.map((part) => [part, (at += part.bytes) - part.bytes]));
    await this.#executor!.read(this.#parts, (part) => bytes.subarray(places.get(part)!));
    return bytes;
  }

  /** Its elements. */
  async data(): Promise<TensorData> {
    const { buffer, byteOffset, byteLength } = await this.bytes();
    const length = byteLength / ELEMENT_BYTES[this.dtype];
    switch (this.dtype) {
      case "f32":
        return new Float32Array(buffer, byteOffset, length);
      case "f16":
        return new Float16Array(buffer as ArrayBuffer, byteOffset, length);
      case "bf16":
        return new Uint16Array(buffer, byteOffset, length);
      case "u8":
      case "bool":
        return new Uint8Array(buffer, byteOffset, length);
      case "i64":
        return new BigInt64Array(buffer, byteOffset, length);
      case "i32":
        return new Int32Array(buffer, byteOffset, length);
    }
  }

  /** Gives its GPU memory back; a tensor in CPU memory has none. */
  dispose(): void {
    this.#executor?.release(this.#parts);
    this.#parts = [];
  }

  /** `dispose`, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
