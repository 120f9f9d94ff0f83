import { assertEquals, assertRejects } from "@std/assert";
import { WorkClock } from "../../../src/engine/run/work_clock.ts";

Deno.test("WorkClock gives time to one kind of work: to computing, where anything is computed", async () => {
  let now = 0;
  const clock = new WorkClock(() => now), release: (() => void)[] = [];
  const work = () => new Promise<void>((resolve) => release.push(resolve));
  const writing = clock.during("writing", work);
  now = 1;
  const decoding = [clock.during("decoding", work), clock.during("decoding", work)];
  now = 3;
  assertEquals(await clock.during("computing", () => now += 4), 7);
  assertEquals(clock.spent, { computing: 4, decoding: 2, planning: 0, writing: 1 });
  now = 8;
  release[1]();
  await decoding[0];
  now = 10;
  release[2]();
  await decoding[1];
  now = 11;
  release[0]();
  await writing;
  now = 20; // nothing goes on
  await assertRejects(
    () => clock.during("planning", () => Promise.reject(new Error(`${now += 5}`))),
    Error,
    "25",
  );
  now = 30;
  assertEquals(clock.spent, { computing: 4, decoding: 5, planning: 5, writing: 2 });
});
