import { VitrailError } from "../errors.ts";
import type { DeviceRows } from "../gpu/executor.ts";
import type { Plan } from "../plan/plan.ts";
import type { Arrays } from "./arrays.ts";
import { type ChunkRows, type Executor, requireGpu } from "./executors.ts";
import { ELEMENT_BYTES } from "../plan/element_bytes.ts";
import { Tensor } from "./tensor.ts";

/** Where a run's rows go. */
export interface Sink {
  take(rows: ChunkRows): Promise<void>;
  /** The bytes of one output's rows, for verification. */
  rows(output: string, row: number, bytes: number): Uint8Array;
  finish(): Record<string, Tensor>;
  dispose(): void;
}

/** Rows read back into one array an output. */
export class CpuSink implements Sink {
  readonly #bytes: Record<string, Uint8Array<ArrayBuffer>> = {};

  constructor(readonly plan: Plan, readonly arrays: Arrays) {
    for (const [output, { shape }] of Object.entries(plan.outputs)) {
      const bytes = shape[0] * rowBytes(plan, output);
      try {
        this.#bytes[output] = arrays.take(bytes);
      } catch (cause) {
        throw new VitrailError(
          "limit",
          `${output} [${shape}] takes ${bytes} bytes, more than one array holds here; use engine.stream`,
          { cause },
        );
      }
    }
  }

  take(rows: ChunkRows): Promise<void> {
    return rows.read((output, row, bytes) => this.rows(output, row, bytes));
  }

  rows(output: string, row: number, bytes: number): Uint8Array {
    const from = row * rowBytes(this.plan, output);
    return this.#bytes[output].subarray(from, from + bytes);
  }

  finish(): Record<string, Tensor> {
    return Object.fromEntries(
      Object.entries(this.plan.outputs).map(([name, { dtype, shape, as, lists }]) =>
        [
          name,
          new Tensor(name, dtype, as ?? shape, { bytes: this.#bytes[name], arrays: this.arrays }, lists),
        ] as const
      ),
    );
  }

  dispose(): void {
    for (const bytes of Object.values(this.#bytes)) this.arrays.give(bytes);
  }
}

/** Rows kept on the device, joined where one binding holds them. */
export class DeviceSink implements Sink {
  readonly #parts: DeviceRows[] = [];

  constructor(readonly plan: Plan, readonly executor: Executor) {
    requireGpu(executor);
  }

  take(rows: ChunkRows): Promise<void> {
    this.#parts.push(...rows.device!);
    return Promise.resolve();
  }

  rows(): Uint8Array {
    throw new VitrailError("usage", `verify needs the result in CPU memory; run it without { to: "device" }`);
  }

  finish(): Record<string, Tensor> {
    const gpu = requireGpu(this.executor);
    return Object.fromEntries(
      Object.entries(this.plan.outputs).map(([name, { dtype, shape, as, lists }]) => {
        const parts = gpu.join(this.#parts.filter((part) => part.output === name));
        return [name, new Tensor(name, dtype, as ?? shape, { parts, executor: gpu }, lists)] as const;
      }),
    );
  }

  dispose(): void {
    requireGpu(this.executor).release(this.#parts);
  }
}

function rowBytes(plan: Plan, output: string): number {
  const { dtype, shape } = plan.outputs[output];
  return shape.slice(1).reduce((a, b) => a * b, 1) * ELEMENT_BYTES[dtype];
}
