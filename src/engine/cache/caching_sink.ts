import { countOf } from "../../layout/shape.ts";
import { ELEMENT_BYTES } from "../../plan/dtype.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Executor } from "../executor.ts";
import type { ArrayPool } from "../results/array_pool.ts";
import type { Tensor } from "../results/tensor.ts";
import { CpuSink, type RowOutline } from "../run/sinks.ts";
import type { KnownImage, KnownImages } from "./known_images.ts";
import type { ImageRows } from "./row_cache.ts";

/** Takes the rows that a cache has from it, and gives it copies of those that were made. */
export class CachingSink extends CpuSink {
  readonly #known: KnownImages;

  /** Creates a sink as {@linkcode CpuSink} does, with the rows that the cache has in their places. */
  constructor(plan: Plan, executor: Executor, arrays: ArrayPool, known: KnownImages) {
    super(plan, executor, arrays);
    this.#known = known;
    for (const image of known.images.values()) if (image.rows) this.#place(image, image.rows);
  }

  override get there(): readonly RowOutline[] {
    const known = [...this.#known.images.values()].filter(({ rows }) => rows !== undefined);
    return known.flatMap(({ own }) =>
      Object.entries(own.ranges).flatMap(([output, ranges]) => {
        const rowShape = this.plan.outputs[output].shape.slice(1);
        return ranges.map(({ row, rows }) => ({ output, row, shape: [rows, ...rowShape] }));
      })
    );
  }

  override finish(): Promise<Record<string, Tensor>> {
    const { cache, images } = this.#known;
    for (const image of images.values()) {
      if (image.rows !== undefined) continue;
      const parts = this.#partsOf(image),
        lengths = parts.flatMap(([, own]) => own.map(({ length }) => length));
      if (lengths.reduce((sum, length) => sum + length, 0) > cache.most) continue; // it has no room for them
      cache.keep(image.key, Object.fromEntries(parts.map(([output, own]) => [output, copyOf(own)])));
    }
    return super.finish();
  }

  /** Puts an image's rows where they belong. */
  #place({ own }: KnownImage, rows: ImageRows): void {
    for (const [output, ranges] of Object.entries(own.ranges)) {
      let at = 0;
      for (const range of ranges) {
        const into = this.#rowsOf(output, range);
        if (range.own === undefined) into.fill(0);
        else into.set(rows[output].subarray(at, at += into.length));
      }
    }
  }

  /** Returns an image's rows by output, but for those of zeros, which each call has its own of. */
  #partsOf({ own }: KnownImage): [output: string, parts: Uint8Array[]][] {
    return Object.entries(own.ranges).map(([output, ranges]) => {
      const made = ranges.filter((range) => range.own !== undefined);
      return [output, made.map((range) => this.#rowsOf(output, range))];
    });
  }

  #rowsOf(output: string, { row, rows }: { readonly row: number; readonly rows: number }): Uint8Array {
    const { shape, dtype } = this.plan.outputs[output];
    return this.rowsOf(output, row, rows * countOf(shape.slice(1)) * ELEMENT_BYTES[dtype]);
  }
}

/** Returns a copy of arrays, one after another. */
function copyOf(parts: readonly Uint8Array[]): Uint8Array {
  const copy = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    copy.set(part, at);
    at += part.length;
  }
  return copy;
}
