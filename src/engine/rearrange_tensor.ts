import { VitrailError } from "../errors.ts";
import { type Layout, resolveLayout } from "../layout/layout.ts";
import { parsePattern } from "../layout/pattern.ts";
import { elementsOf } from "../layout/shape.ts";
import { type Elements, rearrange } from "../reference/rearrange.ts";
import { type Executor, requireGpu } from "./executors.ts";

/** A tensor in CPU memory: elements in row-major order. */
export interface Arrangeable {
  shape: readonly number[];
  data: Elements;
}

/** What a tensor becomes: all that it was, but for its shape. */
export type Arranged<T extends Arrangeable> = Omit<T, "shape"> & { shape: number[] };

/** `tensor` in the order of `pattern`, by the executor. */
export async function arranged<T extends Arrangeable>(
  executor: Executor,
  tensor: T,
  pattern: string,
  sizes: Record<string, number>,
): Promise<Arranged<T>> {
  const { shape, data } = tensor;
  requireElements(data);
  if (elementsOf(shape) !== data.length) {
    throw new VitrailError(
      "shape",
      `a tensor of shape [${shape.join(", ")}] has ${
        elementsOf(shape)
      } elements, and its data has ${data.length}`,
    );
  }
  const layout = resolveLayout(parsePattern(pattern), shape, sizes);
  const moved = executor.backend === "webgpu" ? await onGpu(executor, data, layout) : rearrange(data, layout);
  return { ...tensor, shape: [...layout.outputShape], data: moved };
}

/** The GPU moves words, so narrower elements travel as one word each: their bits, since a word holds no half float. */
async function onGpu(executor: Executor, data: Elements, layout: Layout): Promise<Elements> {
  const { buffer, byteOffset, length, BYTES_PER_ELEMENT: width } = data;
  const words = width === 4
    ? new Uint32Array(buffer, byteOffset, length)
    : Uint32Array.from(width === 2 ? new Uint16Array(buffer, byteOffset, length) : data as Uint8Array);
  const moved = await requireGpu(executor).rearrange(words, layout);
  const Kind = data.constructor as new (source: ArrayBuffer) => Elements;
  const bits = width === 4 ? moved : width === 2 ? Uint16Array.from(moved) : Uint8Array.from(moved);
  return new Kind(bits.buffer as ArrayBuffer);
}

const KINDS = ["Float32Array", "Float16Array", "Uint32Array", "Int32Array", "Uint16Array", "Uint8Array"];

/** @throws {VitrailError} `usage` for data that is no array of elements which are moved. */
function requireElements(data: unknown): void {
  const kind = (data as { constructor?: { name?: string } } | undefined)?.constructor?.name ?? String(data);
  if (KINDS.includes(kind)) return;
  throw new VitrailError("usage", `a tensor's data is one of ${KINDS.join(", ")}, found ${kind}`);
}
