import { VitrailError } from "../errors.ts";
import { resolveLayout } from "../layout/layout.ts";
import { parsePattern } from "../layout/pattern.ts";
import { countOf, shapeText } from "../layout/shape.ts";
import type { Elements } from "../plan/dtype.ts";
import type { Executor } from "./executor.ts";
import { doneAgain } from "./executors/done_again.ts";

/** A tensor in CPU memory: elements in row-major order. */
export interface Arrangeable {
  /** The sizes of its axes, the leading one first. */
  shape: readonly number[];
  /** Its elements, as many as the shape says. */
  data: Elements;
}

/** A tensor that was rearranged: all that it was, but for its shape. */
export type Arranged<T extends Arrangeable> = Omit<T, "shape"> & { shape: number[] };

/**
 * Returns `tensor` in the order of `pattern`, moved by the executor.
 * @throws {VitrailError} `usage` for data of another kind, `recipe` for a malformed pattern, `shape` for a
 * tensor that does not fit its shape or the pattern, and what the executor throws.
 */
export async function arranged<T extends Arrangeable>(
  executor: Executor,
  tensor: T,
  pattern: string,
  sizes: Record<string, number>,
): Promise<Arranged<T>> {
  const { shape, data } = tensor;
  requireElements(data);
  const count = countOf(shape);
  if (count !== data.length) {
    throw new VitrailError(
      "shape",
      `a tensor of shape ${shapeText(shape)} has ${count} elements, and its data has ${data.length}`,
    );
  }
  const layout = resolveLayout(parsePattern(pattern), shape, sizes);
  const moved = await doneAgain(executor, () => executor.rearrange(data, layout));
  return { ...tensor, shape: [...layout.outputShape], data: moved };
}

const KINDS = ["Float32Array", "Float16Array", "Uint32Array", "Int32Array", "Uint16Array", "Uint8Array"];

/** @throws {VitrailError} `usage` for data that is no array of elements which are moved. */
function requireElements(data: unknown): void {
  const kind = (data as { constructor?: { name?: string } } | undefined)?.constructor?.name ?? String(data);
  if (KINDS.includes(kind)) return;
  throw new VitrailError("usage", `a tensor's data is one of ${KINDS.join(", ")}, found ${kind}`);
}
