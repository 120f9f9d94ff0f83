import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { Engine } from "../../../src/engine/engine.ts";
import { VitrailError } from "../../../src/errors.ts";
import { recipe } from "../../../src/recipes/registry.ts";
import { Mixture } from "../../../src/sft/data/mixture.ts";
import { PictureFiles } from "../../../src/sft/data/picture_files.ts";
import { PictureRoot } from "../../../src/sft/data/picture_root.ts";
import { makeSet } from "../../../src/sft/set/make_set.ts";
import type { Material } from "../../../src/sft/set/planned_sample.ts";
import { SetFolder } from "../../../src/sft/set/set_folder.ts";
import { type Part, planSet, shardsOf } from "../../../src/sft/set/set_plan.ts";
import { turns, writePicture, writeSamples } from "../../support/sft/data_set.ts";
import { inFolder } from "../../support/vitrail.ts";

const OPTIONS = { shardSize: { samples: 3 }, onError: "skip" } as const;

const HEADERS = { orient: "ignore", maxPixels: 2 ** 30 } as const;

/** Opens the pictures of a folder, of which so many are kept in memory. */
async function picturesIn(folder: string, kept?: number): Promise<PictureFiles> {
  return new PictureFiles(await PictureRoot.open(folder, false), { ...HEADERS, kept });
}

/** Opens 20 samples of up to two of five pictures, of which the third is missing. */
async function materialIn(folder: string): Promise<Material> {
  for (const index of [0, 1, 3, 4]) {
    await writePicture(folder, `${index}.png`, { kind: "noise", w: 30 + index, h: 40, seed: index + 1 });
  }
  const samples = Array.from({ length: 20 }, (_, id) => ({
    id,
    conversations: turns("?", "!"),
    image: Array.from({ length: id % 3 }, (_, at) => `${(id + at) % 5}.png`),
  }));
  const data = await writeSamples(folder, "data.json", samples);
  return {
    mixture: await Mixture.open(data, { seed: 0, givenNum: false }),
    pictures: await picturesIn(folder),
    recipes: { pictures: recipe("ixc2", { size: 28 }) },
    dtype: "auto",
    textOf: () => ({ text: "" }),
  };
}

inFolder("planSet keeps of a part its own shards, and all parts plan the same set", async (folder) => {
  const material = await materialIn(folder);
  using _mixture = material.mixture;
  const whole = await planSet(material, OPTIONS), own = new Map<number, unknown>();
  assertEquals([...whole.shards.keys()], Array.from({ length: whole.count }, (_, shard) => shard));
  for (const n of [2, 3, 50]) {
    own.clear();
    for (let i = 1; i <= n; i++) {
      const part: Part = [i, n], plan = await planSet(material, { ...OPTIONS, part });
      const { sha256, count, skipped, layout } = plan;
      assertEquals([sha256, count, skipped, layout], [
        whole.sha256,
        whole.count,
        whole.skipped,
        whole.layout,
      ]);
      assertEquals([...plan.shards.keys()], shardsOf(whole, part));
      for (const [shard, planned] of plan.shards) own.set(shard, planned);
    }
    assertEquals([...own].sort(([a], [b]) => a - b), [...whole.shards]);
  }
});

inFolder("planSet gives the same plan where few pictures are kept in memory", async (folder) => {
  const material = await materialIn(folder);
  using _mixture = material.mixture;
  const few = { ...material, pictures: await picturesIn(folder, 1) };
  assertEquals(await planSet(few, OPTIONS), await planSet(material, OPTIONS));
});

inFolder("makeSet makes no shard of pictures that changed since they were planned", async (folder) => {
  const material = await materialIn(folder);
  using _mixture = material.mixture;
  const plan = await planSet(material, OPTIONS);
  await using engine = await Engine.open({ executor: "reference" });
  await using set = await SetFolder.open(join(folder, "out"), {}, [1, 1]);
  const changed = async (onError: "fail" | "skip") => {
    const shard = { ...HEADERS, onError, alpha: undefined } as const;
    const again = { ...material, pictures: await picturesIn(folder) };
    const options = { part: [1, 1], decisive: {}, shard, material: again } as const;
    const error = await assertRejects(() => makeSet(engine, set, plan, options), VitrailError);
    assertEquals(error.code, "io");
    return error.message.replaceAll(folder, "");
  };
  const begins = "the samples of shard 1, or their pictures, are not those that were planned: ";
  const ends = "; run the command again: it plans anew";
  await writePicture(folder, "4.png", { kind: "noise", w: 60, h: 40, seed: 9 });
  const [first, last] = [[5, 4, 63], [7, 6, 96]].map(([sample, id, line]) => {
    return `sample ${sample} of /data.json (id ${id}, line ${line})`;
  });
  const which = `one of 3, ${first} to ${last}, has other pictures, or its pictures another size, ` +
    "or its clips other pixels";
  assertEquals(await changed("fail"), begins + which + ends);
  await Deno.remove(join(folder, "4.png"));
  const lost = `1 cannot be used any more, first ${first}: cannot read the picture /4.png: it does not exist`;
  const message = await changed("skip");
  assert(message.startsWith(begins + lost) && message.endsWith(ends), message);
});
