import { join } from "node:path";
import { encodePng } from "../../../src/codecs/encode_png.ts";
import { sha256 } from "../golden/golden.ts";
import { type Synthetic, syntheticPicture } from "../pictures/synthetic.ts";

/** The questions and answers of a conversation, by turns. */
export function turns(...values: string[]): { from: string; value: string }[] {
  return values.map((value, index) => ({ from: index % 2 === 0 ? "human" : "bot", value }));
}

/** Writes a synthetic picture as a PNG. */
export async function writePicture(folder: string, name: string, source: Synthetic): Promise<void> {
  const { width, height, data } = syntheticPicture(source);
  await Deno.writeFile(join(folder, name), await encodePng(width, height, data));
}

/** Writes a data set; the result is its path. */
export async function writeSamples(
  folder: string,
  name: string,
  samples: readonly unknown[],
): Promise<string> {
  const path = join(folder, name);
  await Deno.writeTextFile(path, JSON.stringify(samples, null, 1));
  return path;
}

/** The sha256 of each file in a folder, by name, hidden ones too. */
export async function filesIn(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const { name } of Deno.readDir(folder)) {
    files.set(name, sha256(await Deno.readFile(join(folder, name))));
  }
  return new Map([...files].sort(([a], [b]) => a < b ? -1 : 1));
}
