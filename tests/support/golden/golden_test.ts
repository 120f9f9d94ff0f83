import { assertEquals, AssertionError, assertRejects } from "@std/assert";
import { assertGolden, sha256 } from "./golden.ts";

const GOLDEN = new Uint8Array([1, 2, 3, 4]),
  SUBJECT = {
    label: "clip default 1x1",
    output: "pixel_values",
    dtype: "u8",
    shape: [2, 2],
  } as const;

/** The lines of the message with which `assertGolden` fails. */
async function linesOf(bytes: number[], reference?: number[]): Promise<string[]> {
  const made = reference && (() => new Uint8Array(reference));
  const failing = () => assertGolden(new Uint8Array(bytes), sha256(GOLDEN), SUBJECT, made);
  return (await assertRejects(failing, AssertionError)).message.split("\n");
}

const [FOUND, EXPECTED] = [new Uint8Array([1, 2, 3, 9]), GOLDEN].map((bytes) => sha256(bytes).slice(0, 8));

Deno.test("assertGolden takes the golden's bytes, and asks for no others", async () => {
  await assertGolden(GOLDEN, sha256(GOLDEN), SUBJECT, () => {
    throw new RangeError("nobody needs them");
  });
});

Deno.test("assertGolden names the call, the output and its shape", async () => {
  assertEquals(await linesOf([1, 2, 3, 9]), [
    "clip default 1x1: pixel_values [2, 2] u8: " +
    `not the golden's bytes (sha256 ${FOUND}…, expected ${EXPECTED}…)`,
  ]);
});

Deno.test("assertGolden compares the bytes with the reference executor's", async () => {
  const lines = await linesOf([1, 2, 3, 9], [1, 2, 3, 4]);
  assertEquals(lines.slice(1, 3), [
    "beside the reference executor: pixel_values [2, 2] u8: 1 of 4 elements differ; " +
    "the largest error is 5, at [1, 1]",
    "row 1 is the first that differs, from [1, 1] on:",
  ]);
  assertEquals(lines.at(-1), "the reference executor's bytes are the golden's");
  const other = await linesOf([1, 2, 3, 9], [1, 2, 3, 8]);
  assertEquals(other.at(-1), "the reference executor's bytes are not the golden's either");
  const same = await linesOf([1, 2, 3, 9], [1, 2, 3, 9]);
  assertEquals(same.slice(1), ["the reference executor gives the same bytes"]);
});
