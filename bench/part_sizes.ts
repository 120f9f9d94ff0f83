/**
 * Plans a part of sets of 100 000 and of 1 000 000 samples, each in a process of its own, and prints times
 * and peak memory: one part of 16, whose memory is not to grow with the whole set. Samples are texts, a third
 * of them with one of 50 000 names of one picture; `--samples N` plans one set of another size.
 */
import { parseArgs } from "node:util";
import { columnsText } from "../src/cli/output/table.ts";
import { writePicture } from "../tests/support/sft/data_set.ts";
import { timedRun } from "./cases/timed_run.ts";

/** The names of pictures: more than are kept in memory. */
const NAMES = 50_000;

const { values } = parseArgs({ options: { samples: { type: "string" } } });
const sizes = values.samples === undefined ? [100_000, 1_000_000] : [Number(values.samples)];
const folder = await Deno.makeTempDir({ prefix: "vitrail-bench-parts-" });
try {
  await writePicture(folder, "0.png", { kind: "mix", w: 40, h: 30 });
  for (let name = 1; name < NAMES; name++) await Deno.link(`${folder}/0.png`, `${folder}/${name}.png`);
  const rows = [["samples", "seconds", "peak, MiB", "of the first"]];
  let first: number | undefined;
  for (const samples of sizes) {
    const set = await writeSet(samples),
      flags = ["--recipe", "ixc2", "--set", "size=28", "--shard-size", "1000samples"];
    const part = ["--shard", "3/16", "--dry-run", "--image-root", folder];
    const { seconds, peak } = await timedRun(["sft", set, ...flags, ...part]);
    rows.push([String(samples), seconds.toFixed(1), peak.toFixed(0), (peak / (first ??= peak)).toFixed(2)]);
    await Deno.remove(set);
  }
  console.log(columnsText(rows, [true, true, true, true]));
} finally {
  await Deno.remove(folder, { recursive: true });
}

/** Writes a set of so many samples as JSON lines, and returns its path. */
async function writeSet(samples: number): Promise<string> {
  const path = `${folder}/${samples}.jsonl`, encoder = new TextEncoder();
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  const writer = file.writable.getWriter();
  for (let from = 0; from < samples; from += 1000) {
    const lines = Array.from({ length: Math.min(1000, samples - from) }, (_, at) => {
      const id = from + at, image = id % 3 === 0 ? { image: `${id % NAMES}.png` } : {};
      const turn = (speaker: string, value: string) => ({ from: speaker, value });
      const conversations = [turn("human", `question ${id}?`), turn("bot", "an answer of a few words.")];
      return `${JSON.stringify({ id, conversations, ...image })}\n`;
    });
    await writer.write(encoder.encode(lines.join("")));
  }
  return path;
}
