import { Engine } from "../../../src/engine/engine.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import type { ShardSample } from "../../../src/sft/shards/read_shard.ts";
import { python, withPython } from "../../support/python.ts";
import type { Synthetic } from "../../support/pictures/synthetic.ts";
import { madeSet } from "../../support/sft/golden_set.ts";
import { inFolder } from "../../support/temporary_folder.ts";
import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { join } from "node:path";

/** The reader that stands beside shards. */
const READER = await Deno.readTextFile(
  new URL("../../../src/sft/shards/vitrail_reader.py", import.meta.url),
);

/** Families whose outputs shards hold in different ways. */
const FAMILIES: Readonly<Record<string, Record<string, unknown>>> = {
  Qwen2VLImageProcessor: {}, // patches as bytes
  MllamaImageProcessor: { size: { height: 56, width: 56 }, max_image_tiles: 4 }, // bytes beside zeros
  PixtralImageProcessor: {}, // a fill around contents of several sizes
  Idefics3ImageProcessor: { size: { longest_edge: 128 }, max_image_size: { longest_edge: 64 } }, // masks
  MiniCPMV4_6ImageProcessor: { scale_resolution: 56, patch_size: 14 }, // rows in another order, lists
  CHMv2ImageProcessor: { do_resize: false, do_pad: false }, // tensors of several shapes
  Siglip2ImageProcessor: {}, // rows of zeros
  Gemma4ImageProcessor: { patch_size: 16, max_soft_tokens: 70, pooling_kernel_size: 3 }, // places of patches
};

const WIDE: Synthetic = { kind: "noise", w: 70, h: 33, seed: 1 },
  TALL: Synthetic = { kind: "mix", w: 40, h: 90 };
const SAMPLES = [{ pictures: [WIDE, TALL] }, { pictures: [] }, { pictures: [TALL] }];

/** Prints of each output its type, shape and checksum; of a list those of its tensors. */
const PROGRAM = `
import sys; sys.modules["torch"] = None
${READER}
def shown(value):
    if isinstance(value, list): return [shown(item) for item in value]
    return [value.dtype.str, list(value.shape), hashlib.sha256(np.ascontiguousarray(value)).hexdigest()]
def outputs(sample):
    for name in ("position", "text", "record"): del sample[name]
    return {name: shown(value) for name, value in sample.items()}
print(json.dumps({name: [outputs(sample) for sample in Shards(f"{sys.argv[1]}/{name}/shards")]
  for name in sys.argv[2].split()}))
`;
const DTYPES: Record<string, string> = { f32: "<f4", i64: "<i8", i32: "<i4", bool: "|b1" };

/** Returns what the program prints of a sample. */
async function shown({ outputs }: ShardSample): Promise<Record<string, unknown>> {
  const shown: Record<string, unknown> = {};
  for (const [name, { dtype, shape, lists, shapes }] of Object.entries(outputs)) {
    const bytes = await outputs[name].bytes();
    const sum = (own: Uint8Array) => createHash("sha256").update(own).digest("hex");
    if (!lists) shown[name] = [DTYPES[dtype], shape, sum(bytes)];
    else {
      const rowBytes = bytes.length / shape[0];
      let from = 0;
      shown[name] = lists.map((rows, index) => {
        const begin = from;
        from += rows * rowBytes;
        return [
          DTYPES[dtype],
          shapes?.[index] ?? [rows, ...shape.slice(1)],
          sum(bytes.subarray(begin, from)),
        ];
      });
    }
  }
  return shown;
}

await withPython(
  "vitrail_reader.py gives the same outputs of families as readShard",
  () =>
    inFolder(async (folder) => {
      await using engine = await Engine.open({ executor: "simd" });
      const expected: Record<string, unknown> = {};
      for (const [name, fields] of Object.entries(FAMILIES)) {
        const own = join(folder, name);
        await Deno.mkdir(own);
        const pictures = recipeFromConfig({ image_processor_type: name, ...fields }, {});
        const { samples } = await madeSet(engine, own, { pictures }, SAMPLES);
        expected[name] = await Promise.all(samples.map(shown));
      }
      const found = JSON.parse(await python(PROGRAM, folder, Object.keys(FAMILIES).join(" ")));
      assertEquals(found, expected);
    }),
);
