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
  const lines = shown("auto", false);
  assertEquals(lines.slice(0, 2), [
    "making: 110 of 4000 pictures, 2.8%, 20.0/s, 3:15 left, 107.4 KiB", // after 3 s
    "making: 710 of 4000 pictures, 17.8%, 20.0/s, 2:45 left, 693.4 KiB",
  ]);
  assertEquals(lines.length, 7);
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
