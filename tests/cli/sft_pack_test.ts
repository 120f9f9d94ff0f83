import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import { tokenizerJson } from "../support/sft/byte_tokenizer.ts";
import { assertSameFiles, filesIn, turns, writeSamples } from "../support/sft/data_set.ts";
import { SMALL, writePictures } from "../support/sft/sft_set.ts";
import { inFolder, vitrail } from "../support/vitrail.ts";

/** The most tokens of a pack. */
const PACK = 900;

/** Writes a set of 40 samples of different lengths with pictures, and returns the command that packs it. */
async function packCommand(folder: string, ...images: string[]): Promise<string[]> {
  const root = await writePictures(folder), tokenizer = join(folder, "tokenizer.json");
  await Deno.writeTextFile(tokenizer, JSON.stringify(tokenizerJson()));
  const samples = Array.from({ length: 40 }, (_, id) => ({
    id,
    conversations: turns("<ImageHere>?", "a".repeat(id * 37 % 400)),
    image: images[id] ?? `${id % 4}.png`,
  }));
  const data = await writeSamples(folder, "data.json", samples);
  const own = [
    "--image-root",
    root,
    "--tokenizer",
    tokenizer,
    "--pack",
    `${PACK}`,
    "--shard-size",
    "9samples",
  ];
  return ["sft", data, ...SMALL, ...own, "--json"];
}

/** Returns the lists of a tensor of lists of a shard. */
async function listsIn(path: string, name: string): Promise<number[][]> {
  const { tensors } = await readSafetensors(path);
  const [items, offsets] = [name, `${name}_offsets`].map((own) =>
    Array.from(tensors.get(own)!.data as Iterable<number | bigint>, Number)
  );
  return offsets.slice(1).map((to, index) => items.slice(offsets[index], to));
}

/** Returns the packs of a folder's shards: of each sample its position and its tokens. */
async function packsIn(folder: string): Promise<{ position: number; tokens: number }[][]> {
  const names = [...(await filesIn(folder)).keys()].filter((name) => name.endsWith(".safetensors")).sort();
  const packs = await Promise.all(names.map(async (name) => {
    const path = join(folder, name), { tensors } = await readSafetensors(path);
    const positions = Array.from(tensors.get("sample_position")!.data as BigInt64Array, Number);
    const rows = await listsIn(path, "input_ids");
    const own = await listsIn(path, "pack_samples");
    assertEquals(own.flat(), [...positions.keys()]); // a shard holds whole packs, in their order
    return own.map((pack) => pack.map((at) => ({ position: positions[at], tokens: rows[at].length })));
  }));
  return packs.flat();
}

inFolder("vitrail sft --pack joins samples to sequences, alike by parts and after a kill", async (folder) => {
  const command = await packCommand(folder), out = (name: string) => ["--out", join(folder, name)];
  const planned = JSON.parse((await vitrail(...command, ...out("none"), "--dry-run")).out);
  const { status, out: text, err } = await vitrail(...command, ...out("whole"));
  assertEquals(status, 0, err);
  const { tokens, shards } = JSON.parse(text), packs = await packsIn(join(folder, "whole"));
  assertEquals(tokens, planned.tokens);
  assert(shards > 2, text);
  assertEquals(packs.flat().map(({ position }) => position).sort((a, b) => a - b), [...Array(40).keys()]);
  const sums = packs.map((pack) => pack.reduce((sum, { tokens }) => sum + tokens, 0));
  for (const sum of sums) assert(sum <= PACK, `${sums}`);
  assertEquals(tokens.packing.sequences, packs.length);
  assertEquals(tokens.total, sums.reduce((a, b) => a + b));
  assertEquals(tokens.packing.share, 1 - tokens.total / (packs.length * PACK));
  assertEquals(
    packs.map(([{ position }]) => position).toSorted((a, b) => a - b),
    packs.map(([first]) => {
      return first.position;
    }),
  );

  for (const part of ["2/2", "1/2"]) {
    assertEquals((await vitrail(...command, ...out("parts"), "--shard", part)).status, 0);
  }
  assertEquals((await vitrail("merge", join(folder, "parts"))).status, 0);
  const whole = await filesIn(join(folder, "whole")), parts = await filesIn(join(folder, "parts"));
  for (const [name, bytes] of whole) assertEquals(parts.get(name), bytes, name);
  await Deno.remove(join(folder, "whole", "manifest.json"));
  await Deno.remove(join(folder, "whole", "shard-00001.safetensors"));
  assertEquals(JSON.parse((await vitrail(...command, ...out("whole"))).out).kept, shards - 1);
  assertSameFiles(await filesIn(join(folder, "whole")), whole);
});

inFolder(
  "vitrail sft --pack leaves bad samples out of their packs, and refuses longer ones",
  async (folder) => {
    const command = await packCommand(folder, "none.png", "1.png", "cut.jpg");
    const out = join(folder, "out");
    const { status, err, out: text } = await vitrail(...command, "--out", out, "--on-error", "skip");
    assertEquals(status, 0, err);
    const positions = (await packsIn(out)).flat().map(({ position }) => position);
    assertEquals(positions.sort((a, b) => a - b), [...Array(40).keys()].filter((at) => at !== 0 && at !== 2));
    const { problems, skipped } = JSON.parse(text);
    assertEquals(skipped, 2);
    assertEquals(problems.map(({ count, code }: { count: number; code: string }) => [count, code]), [
      [1, "io"],
      [1, "decode"],
    ]);
    const small = command.map((word) => word === `${PACK}` ? "300" : word);
    const refused = await vitrail(...small, "--dry-run", "--out", join(folder, "small"));
    assertEquals(refused.status, 1);
    const [{ kind, first }] = JSON.parse(refused.out).problems;
    assertMatch(
      first[0],
      /^sample \d+ of .*: it has 3\d\d tokens, and --pack gives a sequence 300; give at /,
    );
    assertStringIncludes(kind, "it has N tokens, and --pack gives a sequence N");
    const vain = await vitrail("sft", command[1], ...SMALL, "--pack", "9");
    assertStringIncludes(vain.err, "--pack counts tokens; give a --tokenizer, too");
  },
);
