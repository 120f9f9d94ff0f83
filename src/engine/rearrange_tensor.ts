import { shown, VitrailError } from "../errors.ts";
import { requireGiven } from "../given/given_value.ts";
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
  requireGiven("rearrange: tensor", tensor, "an object", "{ shape, data }");
  const { shape, data } = tensor;
  requireElements(data);
  requireGiven("a tensor's shape", shape, "a list", "[2, 3]");
  for (const size of shape) requireGiven("a size in a tensor's shape", size, "a whole number from 0 up");
  requireGiven("rearrange: pattern", pattern, "a text", `"h w c -> c h w"`);
  requireGiven("rearrange: sizes", sizes, "an object", "{ p: 336 }");
  for (const [axis, size] of Object.entries(sizes)) {
    requireGiven(`the size of axis ${axis}`, size, "a whole number from 0 up");
  }
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
  const kind = (data as { constructor?: { name?: string } } | undefined)?.constructor?.name ?? "";
  if (ArrayBuffer.isView(data) && KINDS.includes(kind)) return;
  throw new VitrailError(
    "usage",
    `a tensor's data is one of ${KINDS.join(", ")}, found ${ArrayBuffer.isView(data) ? kind : shown(data)}`,
  );
}
