import { join } from "node:path";
import type { Engine } from "../../../src/engine/engine.ts";
import { Mixture } from "../../../src/sft/data/mixture.ts";
import { PictureFiles } from "../../../src/sft/data/picture_files.ts";
import { PictureRoot } from "../../../src/sft/data/picture_root.ts";
import { makeSet } from "../../../src/sft/set/make_set.ts";
import type { Material } from "../../../src/sft/set/planned_sample.ts";
import type { AskedDtype, SetRecipes } from "../../../src/sft/set/sample_plan.ts";
import { SetFolder } from "../../../src/sft/set/set_folder.ts";
import { planSet, type SetPlan } from "../../../src/sft/set/set_plan.ts";
import { readShard, type ShardSample } from "../../../src/sft/shards/read_shard.ts";
import type { Synthetic } from "../pictures/synthetic.ts";
import { turns, writePicture, writeSamples } from "./data_set.ts";

/** A set that was made and read back. */
export interface MadeSet {
  readonly plan: SetPlan;
  /** The folder of its shards. */
  readonly folder: string;
  readonly samples: readonly ShardSample[];
}

/** Pictures of a sample of a set: a list for each clip, or pictures alone. */
export interface SetSample {
  readonly pictures: readonly Synthetic[];
  /** Frames of clips, as bytes of PNG files; they come after the pictures. */
  readonly clips?: readonly (readonly Uint8Array[])[];
}

/** Makes a set of samples in a folder, without texts of a model's own, and reads it back. */
export async function madeSet(
  engine: Engine,
  folder: string,
  recipes: SetRecipes,
  samples: readonly SetSample[],
  dtype: AskedDtype = "auto",
): Promise<MadeSet> {
  const names = new Map<string, string>();
  const records = [];
  for (const [at, { pictures, clips = [] }] of samples.entries()) {
    const image: string[] = [], videos: string[][] = [];
    for (const source of pictures) {
      const key = JSON.stringify(source), name = names.get(key) ?? `${names.size}.png`;
      if (!names.has(key)) await writePicture(folder, name, source);
      names.set(key, name);
      image.push(name);
    }
    for (const [clip, frames] of clips.entries()) {
      const own = frames.map((_, frame) => `clip-${at}-${clip}-${frame}.png`);
      for (const [frame, bytes] of frames.entries()) await Deno.writeFile(join(folder, own[frame]), bytes);
      videos.push(own);
    }
    const marks = "<image>".repeat(image.length) + "<video>".repeat(videos.length);
    const media = { ...(image.length > 0 && { image }), ...(videos.length > 0 && { videos }) };
    records.push({ id: at, conversations: turns(`${marks}?`, "!"), ...media });
  }
  const data = await writeSamples(folder, "data.json", records), out = join(folder, "shards");
  const root = await PictureRoot.open(folder, false);
  using mixture = await Mixture.open(data, { seed: 0, givenNum: false });
  const material: Material = {
    mixture,
    pictures: new PictureFiles(root, { orient: "ignore", maxPixels: 2 ** 30 }),
    recipes,
    dtype,
    textOf: () => ({ text: "" }),
  };
  const plan = await planSet(material, { shardSize: { samples: 3 }, onError: "fail" });
  await using set = await SetFolder.open(out, {}, [1, 1]);
  const shard = { onError: "fail", orient: "ignore", alpha: undefined, maxPixels: 2 ** 30 } as const;
  const manifest = await makeSet(engine, set, plan, { material, part: [1, 1], decisive: {}, shard });
  const read: ShardSample[] = [];
  for (const { file } of manifest.shards) read.push(...await Array.fromAsync(readShard(join(out, file))));
  return { plan, folder: out, samples: read };
}
