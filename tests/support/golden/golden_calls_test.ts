import { assertEquals, AssertionError, assertRejects, assertThrows } from "@std/assert";
import { assertSampled, checkCalls, sampleOf } from "./golden_calls.ts";

/** Calls of pictures of these widths and heights. */
function callsOf(...calls: [w: number, h: number][][]) {
  return calls.map((sizes) => ({ sizes: sizes.map(([w, h]) => ({ w, h })) }));
}

const sizesOf = ({ sizes }: ReturnType<typeof callsOf>[number]) => sizes;

/** The indices of the calls that are taken. */
function taken(calls: ReturnType<typeof callsOf>): number[] {
  return sampleOf(calls, sizesOf).map((call) => calls.indexOf(call));
}

Deno.test("sampleOf takes the smallest call, and the smallest with a high picture that is not tiny", () => {
  const calls = callsOf([[640, 480]], [[480, 640]], [[2, 3]], [[97, 131]], [[1, 1]], [[50, 4000]]);
  assertEquals(taken(calls), [3, 4]);
  assertEquals(taken(calls.toReversed()), [1, 2]); // the same ones
  assertEquals(taken(callsOf([[9, 9], [70, 80]], [[1, 1], [64, 65]])), [1]);
});

Deno.test("sampleOf takes the call of middle size where no picture is higher than wide", () => {
  assertEquals(taken(callsOf([[90, 9]], [[5, 5]], [[99, 98]], [[70, 70]])), [1, 3]);
  assertEquals(taken(callsOf([[90, 9]])), [0]);
});

Deno.test("assertSampled refuses no suites, and a suite without calls", () => {
  assertSampled(new Map([["a", callsOf([[1, 1]])]]), sizesOf);
  assertThrows(() => assertSampled(new Map(), sizesOf), AssertionError, "there are no suites");
  assertThrows(() => assertSampled(new Map([["a", []]]), sizesOf), AssertionError, "0 calls of a are taken");
});

Deno.test("checkCalls checks the calls after one that fails, and shows the first failures", async () => {
  const checked: number[] = [];
  const check = (call: number) => {
    checked.push(call);
    if (call % 2) throw new AssertionError(`${call} is odd`);
  };
  await checkCalls("evens", [2, 4], check);
  const { message } = await assertRejects(
    () => checkCalls("numbers", [1, 2, 3, 5, 7, 8], check),
    AssertionError,
  );
  assertEquals(checked, [2, 4, 1, 2, 3, 5, 7, 8]);
  assertEquals(message, "numbers: 4 of 6 calls differ\n\n1 is odd\n\n3 is odd\n\n5 is odd");
});

Deno.test("checkCalls ends with an error that is no failed assertion", async () => {
  const broken = () => {
    throw new RangeError("out of range");
  };
  await assertRejects(() => checkCalls("numbers", [1, 2], broken), RangeError, "out of range");
});
