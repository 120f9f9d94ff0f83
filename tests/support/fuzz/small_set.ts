import { join } from "node:path";
import { tokenizerJson } from "../sft/byte_tokenizer.ts";
import { turns, writePicture, writeSamples } from "../sft/data_set.ts";

/** Writes a set of so many shards of three samples each, and returns the command that makes it. */
export async function smallSet(folder: string, shards: number): Promise<string[]> {
  const pictures = Array.from({ length: 8 }, (_, index) => `${index}.png`);
  for (const [index, name] of pictures.entries()) {
    await writePicture(folder, name, { kind: "noise", w: 40 + index, h: 60 - index, seed: index + 1 });
  }
  const samples = Array.from({ length: shards * 3 }, (_, id) => ({
    id,
    conversations: turns("<ImageHere> or <ImageHere>?", `${id} ${"a".repeat(id * 37 % 400)}`),
    image: [pictures[id % 8], pictures[id * 3 % 8]],
  }));
  const data = await writeSamples(folder, "data.json", samples), tokenizer = join(folder, "tokenizer.json");
  await Deno.writeTextFile(tokenizer, JSON.stringify(tokenizerJson()));
  return [
    ...["sft", data, "--recipe", "ixc2", "--set", "size=56", "--executor", "reference"],
    ...["--tokenizer", tokenizer, "--image-root", folder, "--shard-size", "3samples"],
  ];
}
