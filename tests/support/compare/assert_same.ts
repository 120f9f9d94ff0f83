import { assertEquals, AssertionError } from "@std/assert";
import type { Tensor } from "../../../src/engine/results/tensor.ts";
import { type Compared, differencesOf, type Subject } from "./differences.ts";

/**
 * Fails unless two lists of elements have the same bytes, or are as near as `subject.allowed` says. The
 * message has the largest error, its index, how many elements differ of how many, and the first row that
 * differs with a few values of both.
 * @param subject what the elements are, or a label alone
 */
export function assertSameBytes(actual: Compared, expected: Compared, subject: Subject | string = {}): void {
  const found = differencesOf(actual, expected, typeof subject === "string" ? { label: subject } : subject);
  if (found !== undefined) throw new AssertionError(found);
}

/** Fails unless two tensors have one type, one shape and the same bytes. */
export async function assertSameTensor(actual: Tensor, expected: Tensor, label = ""): Promise<void> {
  const { name: output, dtype, shape } = expected;
  assertEquals([actual.dtype, ...actual.shape], [dtype, ...shape], label);
  assertSameBytes(await actual.bytes(), await expected.bytes(), { label, output, dtype, shape });
}
