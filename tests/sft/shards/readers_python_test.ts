import { assertEquals } from "@std/assert";
import { Engine } from "../../../src/engine/engine.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import type { ShardSample } from "../../../src/sft/shards/read_shard.ts";
import { sha256 } from "../../support/golden/golden.ts";
import { python, withPython } from "../../support/python.ts";
import { madeSet } from "../../support/sft/golden_set.ts";
import { inFolder } from "../../support/temporary_folder.ts";

/** The reader that stands beside shards. */
const READER = await Deno.readTextFile(
  new URL("../../../src/sft/shards/vitrail_reader.py", import.meta.url),
);

/** Prints each sample's outputs by name, as the sha256 of their bytes in all lists. */
const PRINT = `
def digest(value):
    parts = value if isinstance(value, list) else [value]
    return hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()
samples = Shards(sys.argv[1])
known = ("position", "text", "record")
print(json.dumps([{name: digest(value) for name, value in samples[index].items() if name not in known}
    for index in range(len(samples))]))
`;

const WIDE = { kind: "mix", w: 96, h: 32 }, TALL = { kind: "noise", w: 40, h: 64, seed: 2 };
const SAMPLES = [{ pictures: [TALL] }, { pictures: [] }, { pictures: [WIDE, TALL] }, { pictures: [WIDE] }];

/** Configs, with what is special about their outputs. */
const CONFIGS: readonly (readonly [what: string, config: Record<string, unknown>])[] = [
  ["a fill around contents of several sizes", { image_processor_type: "PixtralImageProcessor" }],
  ["patches", { image_processor_type: "Qwen2VLImageProcessor" }],
  ["rows that are arranged", { image_processor_type: "MiniCPMV4_6ImageProcessor" }],
  ["tensors of several shapes", { image_processor_type: "CHMv2ImageProcessor" }],
  ["masks and rows of zeros", { image_processor_type: "Siglip2ImageProcessor" }],
  ["grids of positions", { image_processor_type: "Gemma4ImageProcessor" }],
];

for (const [what, config] of CONFIGS) {
  await withPython(
    `vitrail_reader.py and readShard give the same outputs: ${what}`,
    () =>
      inFolder(async (folder) => {
        await using engine = await Engine.open({ executor: "simd" });
        const made = await madeSet(engine, folder, { pictures: recipeFromConfig(config) }, SAMPLES);
        const found = await python(`import sys; sys.modules["torch"] = None\n${READER}${PRINT}`, made.folder);
        assertEquals(JSON.parse(found), await Promise.all(made.samples.map(digests)));
      }),
  );
}

async function digests({ outputs }: ShardSample): Promise<Record<string, string>> {
  const entries = Object.entries(outputs).map(async ([name, tensor]) =>
    [name, sha256(await tensor.bytes())] as const
  );
  return Object.fromEntries(await Promise.all(entries));
}
