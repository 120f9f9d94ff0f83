import { assertEquals, assertRejects } from "@std/assert";
import { SubmitQueue } from "../../../src/gpu/device/submit_queue.ts";

Deno.test("SubmitQueue submits what is recorded in a wait before results are copied", async () => {
  const queue = new SubmitQueue(true), seen: string[] = [];
  await queue.submit(() => seen.push("first submitted"));
  const results = queue.wait(1000, () => seen.push("first mapped")).then(() => seen.push("first copied"));
  const second = queue.submit(() => seen.push("second submitted"));
  assertEquals(seen, ["first submitted"]);
  await Promise.all([results, second]);
  assertEquals(seen, ["first submitted", "first mapped", "second submitted", "first copied"]);
});

Deno.test("SubmitQueue holds work for two that wait at once", async () => {
  const queue = new SubmitQueue(true), seen: string[] = [];
  const waits = ["a", "b"].map((name) => queue.wait(1000, () => seen.push(name)));
  const held = ["c", "d"].map((name) => queue.submit(() => seen.push(name)));
  await Promise.all([...waits, ...held]);
  assertEquals(seen, ["a", "b", "c", "d"]);
});

Deno.test("SubmitQueue holds nobody up for one who begins to wait later", async () => {
  const queue = new SubmitQueue(true), seen: string[] = [];
  const first = queue.wait(1000, () => seen.push("first"));
  const held = queue.submit(() => seen.push("held"));
  const later = queue.wait(1000, () => seen.push("later"));
  const heldForBoth = queue.submit(() => seen.push("held for both"));
  await Promise.all([first, held, later, heldForBoth]);
  assertEquals(seen, ["first", "held", "later", "held for both"]);
});

Deno.test("SubmitQueue holds nobody up where results do not come", async () => {
  const queue = new SubmitQueue(true);
  const lost = queue.wait(1000, () => {
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
  const results = queue.wait(1000, () => 1);
  await assertRejects(() => queue.submit(refuse), TypeError, "refused");
  assertEquals(await results, 1);
});

Deno.test("SubmitQueue holds nothing where mapping does not wait in the call", async () => {
  const queue = new SubmitQueue(false), seen: string[] = [];
  const mapped = Promise.withResolvers<void>();
  const results = queue.wait(1000, () => mapped.promise).then(() => seen.push("copied"));
  await queue.submit(() => seen.push("submitted"));
  mapped.resolve();
  await results;
  assertEquals(seen, ["submitted", "copied"]);
});

Deno.test("SubmitQueue does not have large results wait longer after small ones that took long", async () => {
  const queue = new SubmitQueue(true);
  const blocked = () => {
    for (const end = performance.now() + 40; performance.now() < end;);
  };
  await queue.wait(4, blocked);
  const { setTimeout } = globalThis, delays: number[] = [];
  globalThis.setTimeout = ((callback: () => void, ms: number) => {
    delays.push(ms);
    return setTimeout(callback);
  }) as typeof setTimeout;
  try {
    await queue.wait(2 ** 30, () => {});
  } finally {
    globalThis.setTimeout = setTimeout;
  }
  // Half of 40 ms and a little, not half of 10⁸ times that.
  assertEquals(delays.map((ms) => ms >= 20 && ms < 1000), [true]);
});
