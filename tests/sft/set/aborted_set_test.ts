import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { Engine } from "../../../src/engine/engine.ts";
import { recipe } from "../../../src/recipes/registry.ts";
import { Mixture } from "../../../src/sft/data/mixture.ts";
import { PictureFiles } from "../../../src/sft/data/picture_files.ts";
import { PictureRoot } from "../../../src/sft/data/picture_root.ts";
import { makeSet } from "../../../src/sft/set/make_set.ts";
import type { Material } from "../../../src/sft/set/planned_sample.ts";
import { SetFolder } from "../../../src/sft/set/set_folder.ts";
import { planSet } from "../../../src/sft/set/set_plan.ts";
import { assertSameFiles, filesIn, turns, writePicture, writeSamples } from "../../support/sft/data_set.ts";
import { inFolder } from "../../support/temporary_folder.ts";

/** The longest that an abort may take, ms, on a machine that does other things, too. */
const SOON = 3000;

/** Opens what samples are made of: eight pictures, or so many texts, drawn of one file. */
async function materialIn(folder: string, texts?: number): Promise<Material> {
  for (let index = 0; index < 8; index++) {
    await writePicture(folder, `${index}.png`, { kind: "noise", w: 30, h: 40, seed: index + 1 });
  }
  const own = Array.from({ length: texts ? 1 : 8 }, (_, id) => {
    return { id, conversations: turns("?", "!"), ...(texts === undefined && { image: `${id}.png` }) };
  });
  const data = await writeSamples(folder, "data.json", own), list = join(folder, "data.txt");
  await Deno.writeTextFile(list, `${data} ${texts ?? 1}\n`);
  return {
    mixture: await Mixture.open(list, { seed: 0, givenNum: false }),
    pictures: new PictureFiles(await PictureRoot.open(folder, false), {
      orient: "ignore",
      maxPixels: 2 ** 30,
    }),
    recipes: { pictures: recipe("ixc2", { size: 28 }) },
    dtype: "u8",
    textOf: () => ({ text: "" }),
  };
}

Deno.test("planSet ends soon once it is aborted, where nothing is waited for, too", () =>
  inFolder(async (folder) => {
    const material = await materialIn(folder, 300_000);
    using _mixture = material.mixture;
    const options = { shardSize: { samples: 2 }, onError: "fail" } as const, reason = new Error("enough");
    const controller = new AbortController();
    let start = Infinity;
    setTimeout(() => {
      start = performance.now();
      controller.abort(reason);
    }, 20);
    const error = await assertRejects(() => planSet(material, { ...options, signal: controller.signal }));
    assert(error === reason);
    assert(performance.now() - start < SOON, `${performance.now() - start} ms`);
    await assertRejects(
      () => planSet(material, { ...options, signal: AbortSignal.abort(reason) }),
      Error,
      "enough",
    );
  }));

Deno.test("makeSet leaves what is whole where it is aborted, and nothing else", () =>
  inFolder(async (folder) => {
    const material = await materialIn(folder);
    using _mixture = material.mixture;
    await using engine = await Engine.open({ executor: "reference" });
    const plan = await planSet(material, { shardSize: { samples: 2 }, onError: "fail" });
    const make = async (out: string, signal?: AbortSignal, onDone?: (done: number) => void) => {
      await using set = await SetFolder.open(join(folder, out), {}, [1, 1]);
      const shard = {
        onError: "fail",
        orient: "ignore",
        alpha: undefined,
        maxPixels: 2 ** 30,
        signal,
      } as const;
      const options = { material, part: [1, 1], decisive: {}, shard } as const;
      return await makeSet(engine, set, plan, { ...options, onProgress: ({ done }) => onDone?.(done) });
    };
    const controller = new AbortController(), reason = new Error("enough"), { signal } = controller;
    let start = Infinity;
    const work = make("broken", signal, (done) => {
      if (done < 3) return;
      start = Math.min(start, performance.now());
      controller.abort(reason);
    });
    assert(await assertRejects(() => work) === reason);
    assert(performance.now() - start < SOON, `${performance.now() - start} ms`);
    const left = [...(await filesIn(join(folder, "broken"))).keys()].sort();
    const whole = left.filter((name) => name.endsWith(".safetensors")).length;
    assert(whole === 1 || whole === 2, `${whole} of 4`); // the second may have been all but written
    const shards = [0, 1].slice(0, whole).flatMap((
      n,
    ) => [`shard-0000${n}.json`, `shard-0000${n}.safetensors`]);
    assertEquals(left, ["arguments.json", ...shards]);
    await make("broken");
    await make("whole");
    assertSameFiles(await filesIn(join(folder, "broken")), await filesIn(join(folder, "whole")));
  }));
