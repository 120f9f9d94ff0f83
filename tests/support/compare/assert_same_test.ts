import { assertEquals, AssertionError, assertRejects, assertThrows } from "@std/assert";
import { Tensor } from "../../../src/engine/results/tensor.ts";
import { assertSameBytes, assertSameTensor } from "./assert_same.ts";

/** The message with which `assertSameBytes` fails. */
function messageOf(...compared: Parameters<typeof assertSameBytes>): string {
  return assertThrows(() => assertSameBytes(...compared), AssertionError).message;
}

/** Elements 0, 1, 2 … of the shape `[2, 3, 4]`, with some others in their places. */
function counted(others: Record<number, number> = {}): Float32Array {
  return Float32Array.from({ length: 24 }, (_, i) => others[i] ?? i);
}

Deno.test("assertSameBytes takes what has the same bits, NaNs too", () => {
  assertSameBytes(new Uint8Array([1, 2]), new Uint8Array([1, 2]));
  assertSameBytes(counted({ 5: NaN }), counted({ 5: NaN }), "with NaN");
});

Deno.test("assertSameBytes says the largest error and its index, how many differ, and the first row", () => {
  const subject = { label: "a call", output: "pixel_values", dtype: "f32", shape: [2, 3, 4] } as const;
  assertEquals(
    messageOf(counted({ 3: 3.25, 18: 20.5, 23: 22 }), counted(), subject),
    [
      "a call: pixel_values [2, 3, 4] f32: 3 of 24 elements differ; the largest error is 2.5, at [1, 1, 2]",
      "row 0 is the first that differs, from [0, 0, 3] on:",
      "     found 3.25, 4, 5, 6, 7, 8",
      "  expected 3, 4, 5, 6, 7, 8",
    ].join("\n"),
  );
});

Deno.test("assertSameBytes counts rows from the first row's index, and shows no more than there is", () => {
  assertEquals(
    messageOf(new Uint8Array([1, 2, 3, 9]), new Uint8Array([1, 2, 3, 4]), { shape: [2, 2], row: 5 }),
    [
      "[2, 2]: 1 of 4 elements differ; the largest error is 5, at [6, 1]",
      "row 6 is the first that differs, from [6, 1] on:",
      "     found 9",
      "  expected 4",
    ].join("\n"),
  );
});

Deno.test("assertSameBytes reads bytes as the elements that they are", () => {
  const elements = { f16: [0x3c00, 0x4000], bf16: [0x3f80, 0x4000] } as const; // 1 and 2
  for (const [dtype, bits] of Object.entries(elements)) {
    const [one, two] = bits.map((word) => new Uint8Array(new Uint16Array([word, 0]).buffer));
    const message = messageOf(two, one, { dtype: dtype as "f16" | "bf16" });
    assertEquals(message.split("\n")[0], `${dtype}: 1 of 2 elements differ; the largest error is 1, at [0]`);
  }
  const [a, b] = [[1n, 2n], [1n, -7n]].map((values) => new Uint8Array(BigInt64Array.from(values).buffer));
  assertEquals(messageOf(a, b, { dtype: "i64" }).split("\n").at(-1), "  expected -7");
});

Deno.test("assertSameBytes tells values apart that are equal as numbers alone, by their bits", () => {
  const [quiet, other] = [[0x7fc00000], [0x7fc00001]].map((bits) =>
    new Float32Array(new Uint32Array(bits).buffer)
  );
  assertEquals(
    messageOf(quiet, other).split("\n").slice(2),
    ["     found NaN (bits 7fc00000)", "  expected NaN (bits 7fc00001)"],
  );
  assertEquals(messageOf(counted({ 0: NaN }), counted()).includes("the largest error is Infinity"), true);
});

Deno.test("assertSameBytes refuses lists of different lengths, whatever they begin with", () => {
  const message = messageOf(counted().subarray(0, 20), counted(), "a call");
  assertEquals(message, "a call has 20 elements, expected 24");
});

Deno.test("assertSameBytes allows each row its own distance", () => {
  const off = counted({ 3: 3.5, 18: 18.5 });
  const subject = { shape: [2, 3, 4], row: 7 };
  assertSameBytes(off, counted(), { ...subject, allowed: () => 0.5 });
  const message = messageOf(off, counted(), { ...subject, allowed: (row) => row === 7 ? 0.5 : 0.25 });
  assertEquals(message.split("\n")[1], "row 8 is the first that differs, from [8, 1, 2] on:");
});

Deno.test("assertSameTensor compares type, shape and bytes", async () => {
  const tensor = (dtype: "f32" | "u8", shape: number[], bytes: number[]) =>
    new Tensor("grids", dtype, shape, new Uint8Array(bytes));
  const expected = tensor("u8", [2, 2], [1, 2, 3, 4]);
  await assertSameTensor(tensor("u8", [2, 2], [1, 2, 3, 4]), expected);
  await assertRejects(() => assertSameTensor(tensor("u8", [4], [1, 2, 3, 4]), expected), AssertionError);
  await assertRejects(() => assertSameTensor(tensor("f32", [2, 2], []), expected), AssertionError);
  await assertRejects(
    () => assertSameTensor(tensor("u8", [2, 2], [1, 2, 0, 4]), expected, "a call"),
    AssertionError,
    "a call: grids [2, 2] u8: 1 of 4 elements differ; the largest error is 3, at [1, 0]",
  );
});
