import { assert, assertEquals } from "@std/assert";
import type { Tensor } from "../../../src/engine/results/tensor.ts";
import { ELEMENT_BYTES } from "../../../src/plan/dtype.ts";
import { assertGolden } from "./golden.ts";
import type { Output } from "./processor_suites.ts";

/** numpy's names of element types. */
const DTYPES: Record<string, string> = {
  f32: "float32",
  i64: "int64",
  i32: "int32",
  bool: "bool",
  u8: "uint8",
};

/** Fails unless a tensor is Python's: one, a list of them, or numbers in lists. */
export async function assertPythonTensor(tensor: Tensor, expected: Output, label: string): Promise<void> {
  const { dtype, shape, lists, shapes, name: output } = tensor;
  const bytes = await tensor.bytes();
  if ("sha256" in expected) {
    assertEquals([DTYPES[dtype], ...shape], [expected.dtype, ...expected.shape], label);
    await assertGolden(bytes, expected.sha256, { label, output, dtype, shape });
    return;
  }
  if ("value" in expected || !lists || dtype !== "f32") {
    assertEquals(Array.from(await tensor.data(), Number), numbersOf(expected), label);
    return;
  }
  const width = ELEMENT_BYTES[dtype];
  let from = 0;
  for (const [index, rows] of lists.entries()) {
    const own = expected.list[index], part = shapes?.[index] ?? [rows, ...shape.slice(1)];
    const to = from + part.reduce((a, b) => a * b, width), slice = bytes.slice(from, to);
    from = to;
    assert("sha256" in own, `${label}[${index}] is no tensor of Python's`);
    assertEquals([DTYPES[dtype], ...part], [own.dtype, ...own.shape], label);
    await assertGolden(slice, own.sha256, { label, output: `${output}[${index}]`, dtype, shape: part });
  }
  assert(from === bytes.length, label);
}

function numbersOf(output: Output): unknown[] {
  if ("value" in output) return [output.value].flat(9).map(Number);
  return "list" in output ? output.list.flatMap(numbersOf) : [];
}
