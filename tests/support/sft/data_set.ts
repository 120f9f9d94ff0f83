import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { encodePng } from "../../../src/codecs/encode_png.ts";
import { assertSameBytes } from "../compare/assert_same.ts";
import { type Synthetic, syntheticPicture } from "../pictures/synthetic.ts";

/** Returns the questions and answers of a conversation, by turns. */
export function turns(...values: string[]): { from: string; value: string }[] {
  return values.map((value, index) => ({ from: index % 2 === 0 ? "human" : "bot", value }));
}

/** Writes a synthetic picture as a PNG. */
export async function writePicture(folder: string, name: string, source: Synthetic): Promise<void> {
  const { width, height, data } = syntheticPicture(source);
  await Deno.writeFile(join(folder, name), await encodePng(width, height, data));
}

/** Writes a data set, and returns its path. */
export async function writeSamples(
  folder: string,
  name: string,
  samples: readonly unknown[],
): Promise<string> {
  const path = join(folder, name);
  await Deno.writeTextFile(path, JSON.stringify(samples, null, 1));
  return path;
}

/** Files by name, as bytes. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** Returns the files of a folder, hidden ones too. */
export async function filesIn(folder: string): Promise<Files> {
  const files = new Map<string, Uint8Array>();
  for await (const { name } of Deno.readDir(folder)) files.set(name, await Deno.readFile(join(folder, name)));
  return files;
}

/** Fails unless files have the same names and the same bytes. */
export function assertSameFiles(actual: Files, expected: Files): void {
  assertEquals([...actual.keys()].sort(), [...expected.keys()].sort());
  for (const [name, bytes] of expected) assertSameBytes(actual.get(name)!, bytes, name);
}
