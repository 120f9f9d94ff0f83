import { VitrailError } from "../../errors.ts";
import { type Layout, resolveLayout } from "../../layout/layout.ts";
import { parsePattern } from "../../layout/pattern.ts";
import { countOf, shapeText } from "../../layout/shape.ts";
import { type Dtype, ELEMENT_BYTES, type Elements } from "../../plan/dtype.ts";
import type { OutputShape } from "../../plan/plan.ts";
import { rearrangeElements } from "../../simd/rearrange_elements.ts";
import type { Executor, Rows } from "../executor.ts";

/**
 * Returns the bytes of all rows of an output, which has a pattern for them, in the order of that pattern.
 * @param take returns the array that they are written to
 */
export function arrangedBytes(
  bytes: Uint8Array<ArrayBuffer>,
  { arranged, shape, dtype }: Pick<OutputShape, "dtype" | "shape" | "arranged">,
  take = (length: number) => new Uint8Array(length),
): Uint8Array<ArrayBuffer> {
  const layout = resolveLayout(parsePattern(arranged!), shape);
  const ordered = take(countOf(layout.outputShape) * ELEMENT_BYTES[dtype]);
  rearrangeElements(elementsIn(bytes, dtype), layout, elementsIn(ordered, dtype));
  return ordered;
}

/** Returns bytes as elements that can be moved. */
function elementsIn({ buffer, byteOffset, length }: Uint8Array, dtype: Dtype): Elements {
  switch (ELEMENT_BYTES[dtype]) {
    case 4:
      return new Uint32Array(buffer, byteOffset, length / 4);
    case 2:
      return new Uint16Array(buffer, byteOffset, length / 2);
    default:
      return new Uint8Array(buffer, byteOffset, length);
  }
}

/**
 * Returns all rows of an output that stay on the device in the order of its pattern. They take the place of
 * those that were given.
 * @throws {VitrailError} `limit` where the rows are in several parts, or the pattern takes words apart.
 */
export async function arrangedRows(
  executor: Executor,
  parts: readonly Rows[],
  output: OutputShape,
): Promise<Rows> {
  const { shape, as, dtype, arranged } = output, [part, ...others] = parts;
  const cannot = (why: string) =>
    new VitrailError(
      "limit",
      `${part.output} ${shapeText(as!)} of ${dtype} cannot be put in order on the device: ${why}; ` +
        `take it without { to: "device" }`,
    );
  if (others.length > 0) throw cannot(`it is in ${parts.length} parts, which one binding does not hold`);
  const layout = wordLayout(arranged!, shape, 4 / ELEMENT_BYTES[dtype]);
  if (!layout) throw cannot(`lines of ${shape.at(-1)} elements are no whole words of 4 bytes`);
  return await executor.arrange!(part, layout, [...as!]);
}

/**
 * Returns the layout of a pattern for words of `per` elements; undefined where it takes words apart.
 * @param shape the shape in elements
 */
function wordLayout(arranged: string, shape: readonly number[], per: number): Layout | undefined {
  const pattern = parsePattern(arranged), last = shape.at(-1)!;
  if (last % per !== 0) return undefined;
  const layout = resolveLayout(pattern, [...shape.slice(0, -1), last / per]);
  return per === 1 || layout.digits.at(-1)?.inputStride === 1 ? layout : undefined;
}
