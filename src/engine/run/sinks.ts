import { VitrailError } from "../../errors.ts";
import type { DeviceRows } from "../../gpu/gpu_executor.ts";
import type { Plan } from "../../plan/plan.ts";
import { Arrays } from "../results/array_pool.ts";
import { type ChunkRows, type Executor, requireGpu } from "../executors.ts";
import { ELEMENT_BYTES } from "../../plan/dtype.ts";
import { Tensor } from "../results/tensor.ts";

/** Where a run's rows go. */
export interface Sink {
  take(rows: ChunkRows): Promise<void>;
  /** The bytes of one output's rows, for verification. */
  rows(output: string, row: number, bytes: number): Uint8Array;
  finish(): Promise<Record<string, Tensor>>;
  dispose(): void;
}

/** For arrays that an executor made: it makes new ones each time, so that none is kept. */
const FREED = new Arrays(0);

/** Rows read back into one array an output. */
export class CpuSink implements Sink {
  readonly #bytes: Record<string, Uint8Array<ArrayBuffer>> = {};
  readonly #kept = new Set<string>();

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

  async take(rows: ChunkRows): Promise<void> {
    const whole = rows.made?.every(({ output, bytes }) => bytes.length === this.#bytes[output].length);
    if (!whole) return await rows.read((output, row, bytes) => this.rows(output, row, bytes));
    // Kept as they are: the arrays meant for them go back untouched.
    for (const { output, bytes } of rows.made!) {
      this.arrays.give(this.#bytes[output]);
      this.#bytes[output] = bytes as Uint8Array<ArrayBuffer>;
      this.#kept.add(output);
    }
  }

  rows(output: string, row: number, bytes: number): Uint8Array {
    const from = row * rowBytes(this.plan, output);
    return this.#bytes[output].subarray(from, from + bytes);
  }

  finish(): Promise<Record<string, Tensor>> {
    const tensors = Object.entries(this.plan.outputs).map(([name, { dtype, shape, as, lists }]) => {
      const bytes = this.#bytes[name];
      const arrays = this.#kept.has(name) ? FREED : this.arrays;
      return [name, new Tensor(name, dtype, as ?? shape, { bytes, arrays }, lists)] as const;
    });
    return Promise.resolve(Object.fromEntries(tensors));
  }

  dispose(): void {
    for (const [name, bytes] of Object.entries(this.#bytes)) {
      if (!this.#kept.has(name)) this.arrays.give(bytes);
    }
  }
}

/** Rows kept on the device, joined where one binding holds them. */
export class DeviceSink implements Sink {
  #parts: DeviceRows[] = [];

  constructor(readonly plan: Plan, readonly executor: Executor) {
    requireGpu(executor);
  }

  take(rows: ChunkRows): Promise<void> {
    this.#parts.push(...rows.device!);
    return Promise.resolve();
  }

  rows(): Uint8Array {
    throw new VitrailError("usage", "rows on the device are not compared");
  }

  async finish(): Promise<Record<string, Tensor>> {
    const executor = requireGpu(this.executor);
    const tensors: Record<string, Tensor> = {};
    for (const [name, { dtype, shape, as, lists }] of Object.entries(this.plan.outputs)) {
      const others = this.#parts.filter((part) => part.output !== name);
      const parts = await executor.join(this.#parts.filter((part) => part.output === name));
      this.#parts = [...others, ...parts];
      tensors[name] = new Tensor(name, dtype, as ?? shape, { parts, executor }, lists);
    }
    return tensors;
  }

  dispose(): void {
    requireGpu(this.executor).release(this.#parts);
  }
}

function rowBytes(plan: Plan, output: string): number {
  const { dtype, shape } = plan.outputs[output];
  return shape.slice(1).reduce((a, b) => a * b, 1) * ELEMENT_BYTES[dtype];
}
