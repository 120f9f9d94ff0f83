import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { Engine } from "../../../src/engine/engine.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { readShard } from "../../../src/sft/shards/read_shard.ts";
import { assertSameTensor } from "../../support/compare/assert_same.ts";
import { writePicture, writeSamples } from "../../support/sft/data_set.ts";
import { inFolder, vitrail } from "../../support/vitrail.ts";

const PICTURES = { image_processor_type: "Qwen2VLImageProcessor", max_pixels: 50176 };
const CLIPS = { video_processor_type: "Qwen2VLVideoProcessor" };

inFolder("vitrail sft makes sets of a model's folder, its clips too", async (folder) => {
  const model = join(folder, "model");
  await Deno.mkdir(model);
  await Deno.writeTextFile(join(model, "preprocessor_config.json"), JSON.stringify(PICTURES));
  await Deno.writeTextFile(join(model, "video_preprocessor_config.json"), JSON.stringify(CLIPS));
  await writePicture(folder, "wide.png", { kind: "noise", w: 97, h: 40, seed: 3 });
  await writePicture(folder, "tall.png", { kind: "mix", w: 61, h: 84 });
  const answer = { role: "assistant", content: "!" };
  const data = await writeSamples(folder, "data.json", [
    { messages: [{ role: "user", content: "<image><image>?" }, answer], images: ["wide.png", "tall.png"] },
    {
      messages: [{ role: "user", content: "<video> and <image>?" }, answer],
      images: ["tall.png"],
      videos: [["tall.png", "tall.png", "tall.png"]],
    },
    { messages: [{ role: "user", content: "No picture?" }, answer] },
  ]);
  const out = join(folder, "shards"), common = ["--image-root", folder, "--out", out, "--executor", "simd"];
  const run = await vitrail("sft", data, "--recipe", model, ...common, "--json");
  assertEquals(run.status, 0, run.err);
  const { dtype, samples: count, pictures } = JSON.parse(run.out);
  assertEquals({ dtype, count, pictures }, { dtype: "u8", count: 3, pictures: 3 });
  const [several, both, none] = await Array.fromAsync(readShard(join(out, "shard-00000.safetensors")));
  await using engine = await Engine.open({ executor: "simd" });
  const [wide, tall] = ["wide.png", "tall.png"].map((name) => join(folder, name));
  using whole = await engine.run(recipeFromConfig(PICTURES), [wide, tall]);
  using lone = await engine.run(recipeFromConfig(PICTURES), [tall]);
  using clip = await engine.run(recipeFromConfig(CLIPS), [[tall, tall, tall]]);
  for (
    const [found, expected] of [[several, whole.outputs], [both, {
      ...lone.outputs,
      ...clip.outputs,
    }]] as const
  ) {
    assertEquals(Object.keys(found.outputs).sort(), Object.keys(expected).sort());
    for (const [name, tensor] of Object.entries(expected)) {
      await assertSameTensor(found.outputs[name], tensor, name);
    }
  }
  assertEquals(none.outputs, {});
  assertEquals(both.pictures.map(({ index }) => index), [2, 1]); // the clip stands before the picture
  assertEquals(both.recipe?.name, "qwen2_vl");
  assert(both.clipsRecipe !== null);
});

inFolder("vitrail sft says why pixels are not stored as bytes, and refuses --dtype u8", async (folder) => {
  const config = join(folder, "preprocessor_config.json");
  await Deno.writeTextFile(config, JSON.stringify({ image_processor_type: "DINOv3ViTImageProcessor" }));
  await writePicture(folder, "wide.png", { kind: "mix", w: 97, h: 40 });
  await writePicture(folder, "tall.png", { kind: "mix", w: 31, h: 64 });
  const images = ["wide.png", "tall.png"], content = "<image><image>?";
  const messages = [{ role: "user", content }, { role: "assistant", content: "!" }];
  const data = await writeSamples(folder, "data.json", [{ id: "a", messages, images }]);
  const run = (...flags: string[]) => {
    return vitrail("sft", data, "--recipe", config, "--image-root", folder, "--dry-run", ...flags);
  };
  const { out, status } = await run();
  assertEquals(status, 0);
  assertStringIncludes(
    out,
    `f32, since u8 would lose something: sample 1 of ${data} (id "a", line 2): its canvas`,
  );
  const refused = await run("--dtype", "u8");
  assertEquals(refused.status, 2);
  assertStringIncludes(refused.err, "--dtype u8 would lose something: sample 1 of ");
  assertStringIncludes(refused.err, "give --dtype f32, or auto");
});
