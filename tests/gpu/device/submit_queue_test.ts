import { assertEquals, assertRejects } from "@std/assert";
import { SubmitQueue } from "../../../src/gpu/device/submit_queue.ts";

Deno.test("SubmitQueue submits what is recorded in a wait before results are copied", async () => {
  const queue = new SubmitQueue(true), seen: string[] = [];
  await queue.submit(() => seen.push("first submitted"));
  const results = queue.wait(() => seen.push("first mapped")).then(() => seen.push("first copied"));
  const second = queue.submit(() => seen.push("second submitted"));
  assertEquals(seen, ["first submitted"]);
  await Promise.all([results, second]);
  assertEquals(seen, ["first submitted", "first mapped", "second submitted", "first copied"]);
});

Deno.test("SubmitQueue holds work for two that wait at once", async () => {
  const queue = new SubmitQueue(true), seen: string[] = [];
  const waits = ["a", "b"].map((name) => queue.wait(() => seen.push(name)));
  const held = ["c", "d"].map((name) => queue.submit(() => seen.push(name)));
  await Promise.all([...waits, ...held]);
  assertEquals(seen, ["a", "b", "c", "d"]);
});

Deno.test("SubmitQueue holds nobody up for one who begins to wait later", async () => {
  const queue = new SubmitQueue(true), seen: string[] = [];
  const first = queue.wait(() => seen.push("first"));
  const held = queue.submit(() => seen.push("held"));
  const later = queue.wait(() => seen.push("later"));
  const heldForBoth = queue.submit(() => seen.push("held for both"));
  await Promise.all([first, held, later, heldForBoth]);
  assertEquals(seen, ["first", "held", "later", "held for both"]);
});

Deno.test("SubmitQueue holds nobody up where results do not come", async () => {
  const queue = new SubmitQueue(true);
  const lost = queue.wait(() => {
    throw new TypeError("lost");
  });
  const held = queue.submit(() => "submitted");
  await assertRejects(() => lost, TypeError, "lost");
  assertEquals(await held, "submitted");
  assertEquals(await queue.submit(() => "at once"), "at once");
});

Deno.test("SubmitQueue rejects where a submission throws, at once and held", async () => {
  const queue = new SubmitQueue(true);
  const refuse = () => {
    throw new TypeError("refused");
  };
  await assertRejects(() => queue.submit(refuse), TypeError, "refused");
  const results = queue.wait(() => 1);
  await assertRejects(() => queue.submit(refuse), TypeError, "refused");
  assertEquals(await results, 1);
});

Deno.test("SubmitQueue holds nothing where mapping does not wait in the call", async () => {
  const queue = new SubmitQueue(false), seen: string[] = [];
  const mapped = Promise.withResolvers<void>();
  const results = queue.wait(() => mapped.promise).then(() => seen.push("copied"));
  await queue.submit(() => seen.push("submitted"));
  mapped.resolve();
  await results;
  assertEquals(seen, ["submitted", "copied"]);
});

Deno.test("SubmitQueue gives others one turn before it waits, without a timer", async () => {
  const queue = new SubmitQueue(true), seen: string[] = [];
  const { setTimeout } = globalThis;
  globalThis.setTimeout = (() => seen.push("a timer")) as unknown as typeof setTimeout;
  try {
    setImmediate(() => seen.push("another's turn"));
    await queue.wait(() => seen.push("mapped"));
  } finally {
    globalThis.setTimeout = setTimeout;
  }
  assertEquals(seen, ["another's turn", "mapped"]);
});
