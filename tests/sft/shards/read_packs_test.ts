import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { Tensor } from "../../../src/engine/results/tensor.ts";
import { VitrailError } from "../../../src/errors.ts";
import { readPacks, type ShardPack } from "../../../src/sft/shards/read_packs.ts";
import { sha256 } from "../../support/golden/golden.ts";
import { python, pythonHas } from "../../support/python.ts";
import { turns, writePicture, writeSamples } from "../../support/sft/data_set.ts";
import { MODEL } from "../../support/sft/model_files.ts";
import { inFolder } from "../../support/temporary_folder.ts";
import { vitrail } from "../../support/vitrail.ts";

const SAMPLES = [
  { conversations: turns("<image> or <image>?", "the"), image: ["0.png", "1.png"] },
  { conversations: turns("?", "!") },
  { conversations: turns("<image>\nb", "Hm."), image: "0.png" },
];

/** Makes a set of a model in one shard, packed or not, and returns the shard's path. */
async function shardIn(folder: string, ...flags: string[]): Promise<string> {
  const model = join(folder, "model"), out = join(folder, "out");
  await Deno.mkdir(model);
  for (const [name, json] of Object.entries(MODEL)) {
    await Deno.writeTextFile(join(model, name), JSON.stringify(json));
  }
  await writePicture(folder, "0.png", { kind: "mix", w: 90, h: 60 });
  await writePicture(folder, "1.png", { kind: "grad", w: 40, h: 70 });
  const data = await writeSamples(folder, "data.json", SAMPLES);
  const common = ["--recipe", model, "--image-root", folder, "--executor", "simd", "--out", out];
  const { status, err } = await vitrail("sft", data, ...common, ...flags);
  assertEquals(status, 0, err);
  return join(out, "shard-00000.safetensors");
}

/** Prints a shard's packs: numbers as lists, outputs as the sha256 of their bytes. */
const PRINT = `
NUMBERS = ("input_ids", "labels", "mm_token_type_ids", "position_ids", "cu_seqlens")
pack = Shard(sys.argv[1]).pack(0)
digest = lambda array: hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
print(json.dumps([
    [pack[name].tolist() for name in NUMBERS],
    {name: digest(pack[name]) for name in ("pixel_values", "image_grid_thw")},
]))
`;

Deno.test("readPacks joins samples to one sequence, as vitrail_reader.py does", () =>
  inFolder(async (folder) => {
    const path = await shardIn(folder, "--pack", "400"), [pack] = await Array.fromAsync(readPacks(path));
    assertEquals(pack.samples.length, 3);
    const { cuSeqlens, ids, labels, types, positions } = pack;
    assertEquals([...cuSeqlens.subarray(0, 3)].map((at) => labels[at]), [-100, -100, -100]);
    assertEquals([...cuSeqlens.subarray(0, 3)].map((at) => positions[at]), [0, 0, 0]);
    assertEquals(positions.length, 3 * ids.length);
    const axes = [0, 1, 2].map((axis) => [...positions.subarray(axis * ids.length, (axis + 1) * ids.length)]);
    if (!await pythonHas("numpy")) return;
    const reader = await Deno.readTextFile(
      new URL("../../../src/sft/shards/vitrail_reader.py", import.meta.url),
    );
    const found = await python(`import sys; sys.modules["torch"] = None\n${reader}${PRINT}`, path);
    const numbers = [[...ids], [...labels], [...types!], axes, [...cuSeqlens]];
    assertEquals(JSON.parse(found), [numbers, await digests(pack)]);
  }));

async function digests({ outputs }: ShardPack): Promise<Record<string, string>> {
  const entries = Object.entries(outputs).map(async ([name, tensor]) => {
    assert(tensor instanceof Tensor, `${name} is joined`);
    return [name, sha256(await tensor.bytes())] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

Deno.test("readPacks refuses a shard without packs", () =>
  inFolder(async (folder) => {
    const path = await shardIn(folder);
    await assertRejects(() => readPacks(path).next(), VitrailError, "has no packs; make the set with --pack");
  }));
