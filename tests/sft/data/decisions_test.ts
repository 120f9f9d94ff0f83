import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { Engine } from "../../../src/engine/engine.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { decidingBy } from "../../../src/sft/data/decisions.ts";
import { type PictureFile, PictureFiles } from "../../../src/sft/data/picture_files.ts";
import { PictureRoot } from "../../../src/sft/data/picture_root.ts";
import { readPacks } from "../../../src/sft/shards/read_packs.ts";
import { readShard } from "../../../src/sft/shards/read_shard.ts";
import { assertSameFiles, filesIn, writePicture } from "../../support/sft/data_set.ts";
import { DECIDED_CLIPS, decidedSet } from "../../support/sft/decided_set.ts";
import { inFolder } from "../../support/temporary_folder.ts";
import { vitrail } from "../../support/vitrail.ts";

Deno.test("decidingBy plans a set by the tokens that pixels keep, and leaves a broken clip out", () =>
  inFolder(async (folder) => {
    const clips = [["1.png", "1.png", "1.png"], ["1.png", "2.png", "1.png"], ["1.png", "broken.png"]];
    const out = join(folder, "shards");
    const command = [...await decidedSet(folder, clips), "--pack", "400", "--json", "--out", out];
    const [planned, made] = [
      await vitrail(...command, "--dry-run"),
      await vitrail(...command),
    ]
      .map(({ status, out, err }) => {
        assertEquals(status, 0, err);
        return JSON.parse(out);
      });
    assertEquals(made.tokens, planned.tokens);
    assertEquals([made.samples, made.skipped], [2, 1]);
    assertMatch(made.skippedSamples[0].reason, /^sample 3 .*broken.png as a picture: PNG data ends/);

    const shard = join(out, "shard-00000.safetensors"), counts = [8, 18]; // of six tokens a frame
    const samples = await Array.fromAsync(readShard(shard));
    const [pad] = samples[0].tokenRow!.ids.slice(18); // behind "user", the clip's mark and "Time 0.0s:"
    for (const [index, { tokenRow, outputs }] of samples.entries()) {
      const mask = await outputs.video_compression_mask.data() as Uint8Array;
      assertEquals([mask.length, mask.reduce((sum, one) => sum + one, 0)], [18, counts[index]]);
      assertEquals(tokenRow!.ids.filter((id) => id === pad).length, counts[index]);
    }
    const [{ cuSeqlens }] = await Array.fromAsync(readPacks(shard));
    assertEquals([...cuSeqlens], [0, ...samples.map((_, at) => made.tokens[["min", "total"][at]])]);
  }));

Deno.test("decidingBy plans each part of a set as the whole, whose bytes vitrail merge gives", () =>
  inFolder(async (folder) => {
    const clips = [
      ...[["1.png", "1.png"], ["1.png", "2.png", "1.png"], ["2.png", "broken.png"], ["2.png"]],
      ...[["2.png", "2.png", "1.png"], ["1.png", "2.png"], ["1.png", "1.png"]],
    ];
    const command = [...await decidedSet(folder, clips), "--pack", "80", "--shard-size", "2samples"];
    const run = async (...args: string[]) => {
      const { status, out, err } = await vitrail(...args, "--json");
      assertEquals(status, 0, err);
      return JSON.parse(out);
    };
    const [whole, parts] = ["whole", "parts"].map((name) => join(folder, name));
    const { samples, shards } = await run(...command, "--out", whole);
    assertEquals([samples, shards], [6, 3]);
    for (const part of ["2/2", "1/2"]) await run(...command, "--out", parts, "--shard", part);
    await run("merge", parts);
    const merged = await filesIn(parts);
    const own = [...merged].filter(([name]) => !name.startsWith("manifest-"));
    assertSameFiles(new Map(own), await filesIn(whole));
  }));

Deno.test("decidingBy tells one clip from two of the same frames, and frames from later ones", () =>
  inFolder(async (folder) => {
    const write = (name: string, seed: number) => {
      return writePicture(folder, name, { kind: "noise", w: 56, h: 84, seed });
    };
    for (const seed of [1, 2]) await write(`${seed}.png`, seed);
    const options = { orient: "exif", alpha: "drop", maxPixels: 2 ** 20 } as const;
    const pictures = new PictureFiles(await PictureRoot.open(folder, false), options);
    const names = ["1.png", "2.png", "2.png", "2.png"], recipe = recipeFromConfig(DECIDED_CLIPS);
    await pictures.look(names);
    const files = names.map((name) => pictures.get(name)), sizes = files.map(({ size }) => size);
    await using engine = await Engine.open({ executor: "simd" });
    const read: string[] = [];
    const pictureOf = ({ path }: PictureFile) => {
      read.push(path);
      return path;
    };
    const deciding = (most?: number) => decidingBy(() => Promise.resolve(engine), pictureOf, options, most);
    const kept = async (decide: ReturnType<typeof deciding>, counts: number[]) => {
      const { images } = await decide(planSample(recipe, sizes, "f32", counts), files);
      return images.map(({ tokens }) => tokens);
    };
    const one = [6 + 6 + 1 + 1], two = [6 + 6, 6 + 1]; // six tokens a frame, and one of a frame like the last
    for (const oneFirst of [true, false]) {
      const decide = deciding();
      if (oneFirst) assertEquals(await kept(decide, [4]), one);
      assertEquals(await kept(decide, [2, 2]), two);
      assertEquals(await kept(decide, [4]), one);
    }
    const decide = deciding();
    assertEquals(await kept(decide, [2, 2]), two);
    read.length = 0;
    assertEquals([await kept(decide, [2, 2]), read.length], [two, 0]);
    await write("1.png", 2);
    assertEquals([await kept(decide, [2, 2]), read.length], [[6 + 1, 6 + 1], 4]);
    const forgetful = deciding(24); // the tokens of four frames
    for (const [counts, decoded] of [[[4], 8], [[2, 2], 12], [[4], 12], [[2, 2], 16]] as const) {
      await kept(forgetful, [...counts]);
      assertEquals(read.length, decoded);
    }
  }));
