import { VitrailError } from "../errors.ts";
import type { DeviceRows, GpuExecutor } from "../gpu/executor.ts";
import type { Dtype } from "../plan/plan.ts";

/** Bytes of an element. */
export const BYTES: Readonly<Record<Dtype, number>> = { f32: 4, f16: 2, bf16: 2, u8: 1 };

/** Elements as JavaScript holds them; bf16 as its bits. */
export type TensorData = Float32Array | Float16Array | Uint16Array | Uint8Array;

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
    readonly dtype: Dtype,
    /** Its shape, leading axis first. */
    readonly shape: readonly number[],
    values: Uint8Array | { parts: DeviceRows[]; executor: GpuExecutor },
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
    const first = this.#parts[0]?.row ?? 0;
    const rowBytes = this.shape.slice(1).reduce((a, b) => a * b, BYTES[this.dtype]);
    await this.#executor!.read(this.#parts, ({ row }) => bytes.subarray((row - first) * rowBytes));
    return bytes;
  }

  /** Its elements. */
  async data(): Promise<TensorData> {
    const { buffer, byteOffset, byteLength } = await this.bytes();
    const length = byteLength / BYTES[this.dtype];
    switch (this.dtype) {
      case "f32":
        return new Float32Array(buffer, byteOffset, length);
      case "f16":
        return new Float16Array(buffer as ArrayBuffer, byteOffset, length);
      case "bf16":
        return new Uint16Array(buffer, byteOffset, length);
      case "u8":
        return new Uint8Array(buffer, byteOffset, length);
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
