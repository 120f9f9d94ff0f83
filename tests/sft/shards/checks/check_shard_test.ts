import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { VitrailError } from "../../../../src/errors.ts";
import { sha256OfBytes } from "../../../../src/formats/sha256.ts";
import { openShard } from "../../../../src/sft/shards/checks/check_shard.ts";
import { readPacks } from "../../../../src/sft/shards/read_packs.ts";
import { readShard } from "../../../../src/sft/shards/read_shard.ts";
import { draws } from "../../../support/fuzz/draws.ts";
import {
  changedNumbers,
  type MutatedShard,
  mutatedShard,
  sealed,
  withNumberAt,
} from "../../../support/fuzz/mutated_shards.ts";
import { tokenizerJson } from "../../../support/sft/byte_tokenizer.ts";
import { turns, writePicture, writeSamples } from "../../../support/sft/data_set.ts";
import { MODEL } from "../../../support/sft/model_files.ts";
import { inFolder } from "../../../support/temporary_folder.ts";
import { vitrail } from "../../../support/vitrail.ts";

/** Tensors that say something of their own, which no other tensor knows. */
const FACTS = new RegExp(
  "^(picture_(size|grid|tokens)|sample_(pictures|position|spans)|text_offsets|row_lengths|position_ids|" +
    "rope_deltas|pack_samples|mm_token_type_ids|labels|input_ids|" +
    ".*\\.(ranges|values|channel|contents|ones|grids))$",
);

/** Makes a set of one shard, and returns its path: samples that share pictures, tokens, and packs. */
async function shardIn(folder: string, ...flags: string[]): Promise<string> {
  await writePicture(folder, "wide.png", { kind: "noise", w: 97, h: 40, seed: 3 });
  await writePicture(folder, "tall.png", { kind: "mix", w: 31, h: 64 });
  const data = await writeSamples(folder, "data.json", [
    { id: 7, conversations: turns("<image> <image>", "two"), image: ["wide.png", "tall.png"] },
    { id: 8, conversations: turns("hello", "hi") },
    { id: 9, conversations: turns("<image> what", "that"), image: "tall.png" },
  ]);
  const out = join(folder, "out");
  const common = ["--image-root", folder, "--out", out, "--executor", "simd", "--format", "llava"];
  const { status, err } = await vitrail("sft", data, ...common, ...flags);
  assertEquals(status, 0, err);
  return join(out, "shard-00000.safetensors");
}

/** The shards that are changed: a recipe of tiles, stored as bytes with packs, and a model of patches. */
const SHARDS: readonly { name: string; flags(folder: string): Promise<string[]> }[] = [
  {
    name: "of tiles",
    async flags(folder) {
      const tokenizer = join(folder, "tokenizer.json");
      await Deno.writeTextFile(tokenizer, JSON.stringify(tokenizerJson()));
      return ["--recipe", "ixc2", "--set", "size=28", "--tokenizer", tokenizer, "--pack", "2000"];
    },
  },
  {
    name: "of patches",
    async flags(folder) {
      const model = join(folder, "model");
      await Deno.mkdir(model);
      for (const [name, json] of Object.entries(MODEL)) {
        await Deno.writeTextFile(join(model, name), JSON.stringify(json));
      }
      return ["--recipe", model, "--pack", "2000"];
    },
  },
];

/** Reads all that a shard holds; returns it as text. */
async function contentOf(path: string): Promise<string> {
  const parts: unknown[] = [];
  for await (const { outputs, tokenRow, ...sample } of readShard(path)) {
    const tensors = Object.entries(outputs).map(async ([name, tensor]) => {
      return [name, tensor.shape, tensor.lists, sha256OfBytes(await tensor.bytes())];
    });
    const row = tokenRow && { ...tokenRow, ids: [...tokenRow.ids], labels: [...tokenRow.labels] };
    parts.push(sample, row, await Promise.all(tensors));
  }
  for await (const { ids, cuSeqlens } of readPacks(path)) parts.push([...ids], [...cuSeqlens]);
  return JSON.stringify(parts);
}

/** Returns what is read of a changed shard; undefined where it is refused by a `VitrailError`. */
async function outcomeOf(path: string, { bytes, change }: MutatedShard): Promise<string | undefined> {
  await Deno.writeFile(path, bytes);
  try {
    return await contentOf(path);
  } catch (error) {
    assert(error instanceof VitrailError, `${change}: ${error instanceof Error ? error.stack : error}`);
    assert(error.message.length < 1000, error.message);
  }
}

for (const { name, flags } of SHARDS) {
  Deno.test(`readShard refuses a shard ${name} of which a number was changed, or gives the same`, () =>
    inFolder(async (folder) => {
      const path = await shardIn(folder, ...await flags(folder));
      const shard = await Deno.readFile(path), changed = join(folder, "changed.safetensors");
      const whole = await contentOf(path);
      let count = 0;
      const tries = new Map<string, number>();
      for (const by of [1, -1]) {
        for (const mutated of changedNumbers(shard, (value) => value + by)) {
          const { part, change, bytes } = mutated, before = tries.get(part) ?? 0;
          tries.set(part, before + 1);
          if (FACTS.test(part) && before % 61 > 0) continue; // there are many of them, and all alike
          if (count++ % 16 === 0) {
            await Deno.writeFile(changed, bytes);
            await assertRejects(
              () => openShard(changed),
              VitrailError,
              "is not that of its checksum",
              change,
            );
          }
          // Whoever writes the checksum, too, is refused where tensors contradict each other.
          const read = await outcomeOf(changed, { ...mutated, bytes: sealed(bytes) });
          assert(read === undefined || read === whole || FACTS.test(part), change);
        }
      }
      assert(count > 100, `${count} numbers`);
      const draw = draws(1);
      for (let i = 0; i < 60; i++) await outcomeOf(changed, mutatedShard(shard, draw));
    }));
}

Deno.test("checkShard names the tensor that is against a rule of order, spans or offsets", () =>
  inFolder(async (folder) => {
    const path = await shardIn(folder, ...await SHARDS[0].flags(folder)), shard = await Deno.readFile(path);
    const cases: [tensor: string, index: number, value: number, problem: string][] = [
      ["sample_position", 1, 0, "sample_position has 0 twice"],
      ["sample_pictures", 0, 1, "sample_pictures has 1 at 0, and 0 is the next new one"],
      ["sample_pictures", 2, 2, "sample_pictures has 2 at 2, expected 0 to 1"],
      ["sample_spans", 0, 5000, "sample_spans has [5000, "],
      ["sample_spans", 0, -1, "sample_spans has [-1, "],
      ["sample_spans", 3, 0, "sample_spans has [0, "], // before the end of the first
      ["text_offsets", 0, 1, "text_offsets is from 1 to "],
      ["text_offsets", 2, 0, "text_offsets has 0 at 2, behind "],
      ["text_offsets", 1, 2 ** 31 - 1, "text_offsets has 2147483647 at 1, expected 0 to "],
    ];
    const refused = async (bytes: Uint8Array, problem: string) => {
      await Deno.writeFile(path, bytes);
      const { message } = await assertRejects(() => openShard(path), VitrailError);
      assert(message.includes(`is damaged: ${problem}`), message);
    };
    for (const [tensor, index, value, problem] of cases) {
      await refused(withNumberAt(shard, tensor, index, value), problem);
    }
    const first = withNumberAt(shard, "sample_pictures", 1, 0);
    await refused(withNumberAt(first, "sample_pictures", 2, 0), "sample_pictures lacks picture 1 of 2");
  }));

Deno.test("openShard refuses a header whose entries are no JSON, and a shard without its checksum", () =>
  inFolder(async (folder) => {
    const path = await shardIn(folder, ...await SHARDS[0].flags(folder)), shard = await Deno.readFile(path);
    const text = new TextDecoder("latin1").decode(shard),
      changes = [
        ['"outputs":"{', '"outputs":"x', "outputs in its header is no JSON"],
        ['"outputs":"{', '"outputs":"[', "outputs in its header is no JSON"],
        ['"recipe":"{', '"recipe":"x', "recipe in its header is no JSON"],
        ["content_sha256", "content_sha255", "does not end in content_sha256"],
      ];
    for (const [from, to, problem] of changes) {
      const at = text.indexOf(from), changed = shard.slice();
      changed.set(new TextEncoder().encode(to), at);
      await Deno.writeFile(path, sealed(changed));
      await assertRejects(() => readShard(path).next(), VitrailError, problem);
    }
  }));
