import { join } from "node:path";
import type { Engine } from "../../../src/engine/engine.ts";
import { decidingBy } from "../../../src/sft/data/decisions.ts";
import { Mixture } from "../../../src/sft/data/mixture.ts";
import { PictureFiles } from "../../../src/sft/data/picture_files.ts";
import { pictureSource } from "../../../src/sft/data/picture_source.ts";
import { PictureRoot } from "../../../src/sft/data/picture_root.ts";
import { makeSet } from "../../../src/sft/set/make_set.ts";
import type { Material } from "../../../src/sft/set/planned_sample.ts";
import type { AskedDtype, SetRecipes } from "../../../src/sft/set/sample_plan.ts";
import { SetFolder } from "../../../src/sft/set/set_folder.ts";
import { planSet, type SetPlan } from "../../../src/sft/set/set_plan.ts";
import { readShard, type ShardSample } from "../../../src/sft/shards/read_shard.ts";
import type { StoredPicture } from "../../../src/plan/stored_picture.ts";
import { type Synthetic, syntheticPicture } from "../pictures/synthetic.ts";
import { type SyntheticClip, syntheticClip } from "../pictures/synthetic_clip.ts";
import { bmpOf } from "../pictures/bmp.ts";
import { writeSamples } from "./data_set.ts";

/** A set that was made and read back. */
export interface MadeSet {
  readonly plan: SetPlan;
  /** The folder of its shards. */
  readonly folder: string;
  readonly samples: readonly ShardSample[];
}

/** A sample of a set: its pictures, and after them its clips. */
export interface SetSample {
  readonly pictures: readonly Synthetic[];
  readonly clips?: readonly SyntheticClip[];
}

/** Makes a set of samples in a folder, without texts of a model's own, and reads it back. */
export async function madeSet(
  engine: Engine,
  folder: string,
  recipes: SetRecipes,
  samples: readonly SetSample[],
  dtype: AskedDtype = "auto",
): Promise<MadeSet> {
  const drawn = new PictureFolder(folder);
  const records = [];
  for (const [id, { pictures, clips = [] }] of samples.entries()) {
    const images: string[] = [], videos: string[][] = [];
    for (const source of pictures) {
      images.push(...await drawn.write(JSON.stringify(source), [syntheticPicture(source)]));
    }
    for (const clip of clips) videos.push(await drawn.write(JSON.stringify(clip), syntheticClip(clip)));
    const marks = "<image>".repeat(images.length) + "<video>".repeat(videos.length);
    const messages = [{ role: "user", content: `${marks}?` }, { role: "assistant", content: "!" }];
    records.push({
      id,
      messages,
      ...(images.length > 0 && { images }),
      ...(videos.length > 0 && { videos }),
    });
  }
  const data = await writeSamples(folder, "data.json", records), out = join(folder, "shards");
  const root = await PictureRoot.open(folder, false);
  using mixture = await Mixture.open(data, { seed: 0, givenNum: false });
  const material: Material = {
    mixture,
    pictures: new PictureFiles(root, { orient: "ignore", maxPixels: 2 ** 30 }),
    recipes,
    dtype,
    decide: decidingBy(() => Promise.resolve(engine), pictureSource(mixture), { orient: "ignore" }),
    textOf: () => ({ text: "" }),
  };
  const plan = await planSet(material, { shardSize: { samples: 3 }, onError: "fail" });
  await using set = await SetFolder.open(out, {}, [1, 1]);
  const shard = { onError: "fail", orient: "ignore", alpha: undefined, maxPixels: 2 ** 30 } as const;
  const manifest = await makeSet(engine, set, plan, { material, part: [1, 1], decisive: {}, shard });
  const read: ShardSample[] = [];
  for (const { file } of manifest!.shards) read.push(...await Array.fromAsync(readShard(join(out, file))));
  return { plan, folder: out, samples: read };
}

/** Pictures that are written to a folder, each once. */
class PictureFolder {
  readonly #names = new Map<string, string[]>();

  constructor(readonly path: string) {}

  /** Writes pictures, unless some of the same key are there, and returns their names. */
  async write(key: string, pictures: readonly StoredPicture[]): Promise<string[]> {
    const known = this.#names.get(key);
    if (known) return known;
    const names = pictures.map((_, index) => `${this.#names.size}-${index}.bmp`);
    this.#names.set(key, names);
    for (const [index, picture] of pictures.entries()) {
      await Deno.writeFile(join(this.path, names[index]), bmpOf(picture));
    }
    return names;
  }
}
