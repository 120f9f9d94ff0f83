import { join } from "node:path";
import process from "node:process";
import { Engine } from "../../src/engine/engine.ts";
import { writeHashed } from "../../src/formats/hashed_write.ts";
import { recipeFromConfig } from "../../src/recipes/config.ts";
import { chance } from "../../tests/support/pictures/draw.ts";
import sharp from "sharp";
import { COSTS, type Costs } from "./costs.ts";
import type { Spread } from "./lognormal.ts";

/** The pictures that are drawn, and the rounds of each, of which the shortest counts. */
const PICTURES = 40, ROUNDS = 5;

/**
 * Measures decoding, computing and writing on this machine, by processor time, which other programs hardly
 * change, and which has no wait for a disk. Planning is not measured.
 */
export async function measuredCosts(): Promise<Costs> {
  const folder = await Deno.makeTempDir({ prefix: "vitrail-bench-scale-" });
  await using engine = await Engine.open({ executor: "simd", lanes: 0 });
  const recipe = recipeFromConfig({ image_processor_type: "Qwen2VLImageProcessor" });
  try {
    const decoding: number[] = [], computing: number[] = [], files: number[] = [], rows: number[] = [];
    for (const path of await draw(folder)) {
      const bytes = await Deno.readFile(path);
      let decode = Infinity, compute = Infinity, elements = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const start = processorTime();
        const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
        const decoded = processorTime();
        const picture = { width: info.width, height: info.height, data: new Uint8Array(data) };
        const batch = await engine.run(recipe, [picture], { dtype: "f32" });
        const { length } = await batch.pixelValues.data();
        const done = processorTime();
        batch.dispose();
        decode = Math.min(decode, decoded - start);
        compute = Math.min(compute, done - decoded);
        elements = length;
      }
      decoding.push(decode);
      computing.push(compute);
      files.push(bytes.length);
      rows.push(elements);
    }
    return {
      ...COSTS,
      decoding: spreadOf(decoding),
      computing: spreadOf(computing),
      writing: spreadOf(await writtenTimes(folder)),
      file: spreadOf(files).mean,
      rows: spreadOf(rows).mean, // a byte an element
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Draws JPEGs of 300 to 2 000 pixels a side. */
async function draw(folder: string): Promise<string[]> {
  const random = chance(22), side = () => 300 + Math.floor(random() * 1700), paths: string[] = [];
  for (let index = 0; index < PICTURES; index++) {
    const data = Uint8Array.from({ length: 32 * 32 * 3 }, () => random() * 256),
      path = `${folder}/${index}.jpg`;
    const image = sharp(data, { raw: { width: 32, height: 32, channels: 3 } });
    await image.resize(side(), side(), { fit: "fill" }).jpeg({ quality: 85 }).toFile(path);
    paths.push(path);
  }
  return paths;
}

/** Writes files of 64 MiB as shards are written; returns the times of a MiB, ms. */
async function writtenTimes(folder: string): Promise<number[]> {
  const piece = new Uint8Array(2 ** 20).map((_, index) => index * 7), times: number[] = [];
  async function* pieces() {
    for (let count = 0; count < 64; count++) yield await Promise.resolve(piece);
  }
  for (let round = 0; round < ROUNDS; round++) {
    const start = processorTime();
    await writeHashed(join(folder, "shard"), pieces(), ".shard.part");
    times.push((processorTime() - start) / 64);
  }
  return times;
}

/** Returns the processor time of all threads of this program, ms. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}
