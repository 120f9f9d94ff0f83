import { assertEquals } from "@std/assert";
import { ProgressReport, type ProgressStyle, progressText } from "../../../src/cli/output/progress.ts";

/**
 * Shows the progress of a work of 200 s, 20 steps a second, 50 of 4 000 pictures found; returns what appears.
 */
function shown(style: ProgressStyle, watched: boolean): string[] {
  let now = 0;
  const lines: string[] = [], err = (text: string) => lines.push(text);
  const terminal = { out: () => {}, err, ...(watched && { status: err }) };
  const report = new ProgressReport(terminal, style, () => now);
  const work = { work: "making", things: "pictures", total: 4000, found: 50 };
  report.show({ ...work, done: 50, skipped: 0 });
  for (let done = 51; done <= 4000; done++) {
    now += 50;
    report.show({ ...work, done, bytes: done * 1000, skipped: done > 2000 ? 3 : 0 });
  }
  report.end();
  return lines;
}

Deno.test("ProgressReport shows a bar where somebody watches, and lines of half a minute elsewhere", () => {
  const bar = shown("auto", true);
  assertEquals(bar[0], "making ░░░░░░░░░░ 50 of 4000 pictures, 1.3%");
  assertEquals(
    bar[1000],
    "making █████░░░░░ 2050 of 4000 pictures, 51.2%, 20.0/s, 1:38 left, 2.0 MiB, 3 skipped",
  );
  assertEquals([bar.length, bar.at(-1)], [1 + 1975 + 1, ""]);
  assertEquals(shown("auto", false), [
    "making: 650 of 4000 pictures, 16.3%, 20.0/s, 2:48 left, 634.8 KiB",
    "making: 1250 of 4000 pictures, 31.3%, 20.0/s, 2:18 left, 1.2 MiB",
    "making: 1850 of 4000 pictures, 46.3%, 20.0/s, 1:48 left, 1.8 MiB",
    "making: 2450 of 4000 pictures, 61.3%, 20.0/s, 1:18 left, 2.3 MiB, 3 skipped",
    "making: 3050 of 4000 pictures, 76.3%, 20.0/s, 48 s left, 2.9 MiB, 3 skipped",
    "making: 3650 of 4000 pictures, 91.3%, 20.0/s, 18 s left, 3.5 MiB, 3 skipped",
  ]);
});

Deno.test("ProgressReport writes a JSON document a second, or nothing, where asked", () => {
  const documents = shown("json", true).map((line) => JSON.parse(line));
  const facts = { work: "making", things: "pictures", total: 4000, found: 50, skipped: 0 };
  assertEquals(documents[0], { ...facts, done: 50, seconds: 0, rate: null, secondsLeft: null });
  assertEquals(documents[10], {
    ...facts,
    done: 250,
    bytes: 250_000,
    seconds: 10,
    rate: 20,
    secondsLeft: 187.5,
  });
  assertEquals(shown("none", true), []);
});

Deno.test("progressText says how many shards are made again", () => {
  const work = { work: "making", things: "pictures", done: 1, total: 4, skipped: 0 };
  assertEquals(
    progressText({ ...work, exchanged: 2 }, 0),
    "1 of 4 pictures, 25.0%, 2 shards again, of pictures that differ",
  );
  assertEquals(progressText({ ...work, exchanged: 0 }, 0), "1 of 4 pictures, 25.0%");
});
