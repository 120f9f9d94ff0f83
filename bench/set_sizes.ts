/**
 * Makes sets of different sizes for Qwen2.5-VL, each in a process of its own, and prints times and peak
 * memory: dry runs of 10 000 and 100 000 samples, and whole runs of 200 and 10 000. A sample has four turns
 * of words and up to two of 200 pictures. The tokenizer's tokens are bytes, so rows have four times as
 * many as a model's own.
 */
import { timedRun } from "./cases/timed_run.ts";
import { columnsText } from "../src/cli/output/table.ts";
import { MODEL } from "../tests/support/sft/model_files.ts";
import { chance } from "../tests/support/pictures/draw.ts";
import sharp from "sharp";

const PICTURES = 200;

/** The words of all turns. */
const WORDS = "the a of light river stone house under walks slowly bright window table seven green and".split(
  " ",
);

/** The runs, in order. */
const RUNS = [
  { samples: 10_000, dry: true },
  { samples: 100_000, dry: true },
  { samples: 200, dry: false },
  { samples: 10_000, dry: false },
];

const folder = await Deno.makeTempDir({ prefix: "vitrail-bench-sizes-" });
try {
  await drawPictures();
  await writeModel();
  const rows = [["run", "samples", "seconds", "samples/s", "peak, MiB"]];
  for (const { samples, dry } of RUNS) {
    const set = await writeSet(samples);
    const args = dry ? ["--dry-run"] : ["--out", `${folder}/shards`, "--shard-size", "64MiB"];
    const { seconds, peak } = await timedRun([
      ...["sft", set, "--recipe", `${folder}/model`, ...args],
      ...["--image-root", folder, "--executor", "simd"],
    ]);
    rows.push([
      dry ? "dry run" : "made",
      String(samples),
      seconds.toFixed(1),
      (samples / seconds).toFixed(0),
      peak.toFixed(0),
    ]);
    await Deno.remove(`${folder}/shards`, { recursive: true }).catch(() => {});
  }
  console.log(columnsText(rows, [false, true, true, true, true]));
} finally {
  await Deno.remove(folder, { recursive: true });
}

/** Draws pictures of 120 to 1 300 pixels a side. */
async function drawPictures(): Promise<void> {
  const random = chance(5), side = () => 120 + Math.floor(random() * 1180);
  for (let index = 0; index < PICTURES; index++) {
    const data = Uint8Array.from({ length: 8 * 8 * 3 }, () => random() * 256);
    const image = sharp(data, { raw: { width: 8, height: 8, channels: 3 } });
    await image.resize(side(), side(), { fit: "fill" }).jpeg().toFile(`${folder}/${index}.jpg`);
  }
}

async function writeModel(): Promise<void> {
  await Deno.mkdir(`${folder}/model`);
  for (const [name, value] of Object.entries(MODEL)) {
    await Deno.writeTextFile(`${folder}/model/${name}`, JSON.stringify(value));
  }
}

/** Writes a set of so many samples as JSON lines, and returns its path. */
async function writeSet(samples: number): Promise<string> {
  const random = chance(samples), path = `${folder}/${samples}.jsonl`;
  const words = (most: number) =>
    Array.from({ length: 5 + Math.floor(random() * most) }, () => WORDS[Math.floor(random() * WORDS.length)]);
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  const writer = file.writable.getWriter(), encoder = new TextEncoder();
  for (let id = 0; id < samples; id++) {
    const image = Array.from(
      { length: Math.floor(random() * 3) },
      () => `${Math.floor(random() * PICTURES)}.jpg`,
    );
    const turn = (from: string, marks = "") => ({ from, value: `${marks}${words(60).join(" ")}.` });
    const conversations = [
      turn("human", "<image>\n".repeat(image.length)),
      turn("gpt"),
      turn("human"),
      turn("gpt"),
    ];
    const record = { id, conversations, ...(image.length > 0 && { image }) };
    await writer.write(encoder.encode(`${JSON.stringify(record)}\n`));
  }
  return path;
}
