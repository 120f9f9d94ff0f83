import { assert } from "@std/assert";
import { join } from "node:path";
import { Engine } from "../../../src/engine/engine.ts";
import { readSafetensors } from "../../../src/formats/safetensors.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { SEAL } from "../../../src/sft/shards/checks/seal.ts";
import { turns, writePicture, writeSamples } from "../../support/sft/data_set.ts";
import { madeSet } from "../../support/sft/golden_set.ts";
import { MODEL } from "../../support/sft/model_files.ts";
import { inFolder } from "../../support/temporary_folder.ts";
import { vitrail } from "../../support/vitrail.ts";

const WIDE = { kind: "mix", w: 96, h: 32 }, TALL = { kind: "noise", w: 40, h: 64, seed: 2 };

/** Classes with patches, tiles with masks, fills, lists of tiles, and grids of positions. */
const CLASSES = ["Qwen2VL", "Idefics3", "Pixtral", "Mllama", "Gemma4"];

/** Bytes planned and not stored: of a sample that is in no pack, and of a picture whose ranges are joined. */
const PACK = 12, RANGES = 3 * 16;

/** Returns the bytes of a shard's tensors, but for tables, the checksum and the end of each list of lists. */
async function storedBytes(path: string): Promise<number> {
  const { tensors } = await readSafetensors(path);
  let bytes = 0;
  for (const [name, { data }] of tensors) {
    if (name.endsWith(".table") || name === SEAL) continue;
    bytes += data.byteLength - (name.endsWith("_offsets") ? 8 : 0);
  }
  return bytes;
}

/** Fails unless a shard is planned as large as it is, or larger by no more than its samples may save. */
function requireBytes(planned: number, stored: number, pictures: number, samples: number, label: string) {
  const text = `${label}: planned ${planned}, stored ${stored}`;
  assert(planned >= stored && planned - stored <= samples * PACK + pictures * RANGES, text);
}

Deno.test("bytesOfSample and its units' bytes are all that a shard holds", async () => {
  await using engine = await Engine.open({ executor: "simd" });
  const samples = [{ pictures: [WIDE] }, { pictures: [TALL, WIDE] }, { pictures: [TALL] }];
  for (const name of CLASSES) {
    const pictures = recipeFromConfig({ image_processor_type: `${name}ImageProcessor` });
    for (const dtype of ["auto", "f16"] as const) {
      await inFolder(async (folder) => {
        const { plan, folder: out } = await madeSet(engine, folder, { pictures }, samples, dtype);
        const stored = await storedBytes(join(out, "shard-00000.safetensors"));
        requireBytes(plan.shards.get(0)!.bytes, stored, 4, 3, `${name} ${dtype}`);
      });
    }
  }
});

Deno.test("bytesOfSample counts tokens, their positions and places", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(join(folder, "model"));
    for (const [name, json] of Object.entries(MODEL)) {
      await Deno.writeTextFile(join(folder, "model", name), JSON.stringify(json));
    }
    await writePicture(folder, "0.png", WIDE);
    const data = await writeSamples(folder, "data.json", [
      { id: "Ω", conversations: turns("<image>?", "So ω."), image: "0.png" },
      { id: "none", conversations: turns("What?", "It."), image: [] },
    ]);
    const args = [
      "sft",
      data,
      "--recipe",
      join(folder, "model"),
      "--image-root",
      folder,
      "--executor",
      "simd",
    ];
    const out = join(folder, "out");
    const { bytes } = JSON.parse((await vitrail(...args, "--out", out, "--dry-run", "--json")).out);
    await vitrail(...args, "--out", out);
    requireBytes(bytes, await storedBytes(join(out, "shard-00000.safetensors")), 1, 2, "Qwen2.5-VL");
  }));
