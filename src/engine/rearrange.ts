import { type Layout, parsePattern, resolveLayout } from "../layout/mod.ts";
import { type Elements, rearrange } from "../reference/rearrange.ts";
import { elementsOf } from "../layout/mod.ts";
import { VitrailError } from "../errors.ts";
import { type Executor, requireGpu } from "./executors.ts";

/** A tensor in CPU memory: elements in row-major order. */
export interface Arrangeable {
  shape: readonly number[];
  data: Elements;
}

/** `tensor` in the order of `pattern`, by the executor. */
export async function arranged<T extends Arrangeable>(
  executor: Executor,
  tensor: T,
  pattern: string,
  sizes: Record<string, number>,
): Promise<T> {
  const { shape, data } = tensor;
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

/** The GPU moves words, so narrower elements travel as one word each. */
async function onGpu(executor: Executor, data: Elements, layout: Layout): Promise<Elements> {
  const words = data.BYTES_PER_ELEMENT === 4
    ? new Uint32Array(data.buffer, data.byteOffset, data.length)
    : Uint32Array.from(data);
  const moved = await requireGpu(executor).rearrange(words, layout);
  const Kind = data.constructor as new (source: ArrayBuffer | Uint32Array) => Elements;
  return data.BYTES_PER_ELEMENT === 4 ? new Kind(moved.buffer as ArrayBuffer) : new Kind(moved);
}
