import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Engine } from "../../src/engine/engine.ts";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import { recipeFromConfig } from "../../src/recipes/config.ts";
import { sampleFrames } from "../../src/recipes/sample_frames.ts";
import { assertSameBytes } from "../support/compare/assert_same.ts";
import { WITHOUT_GPU } from "../support/executors.ts";
import { inFolder, PICTURES, vitrail } from "../support/vitrail.ts";

const EXECUTOR = ["--executor", WITHOUT_GPU ? "reference" : "webgpu"];
const QWEN = {
  video_processor_type: "Qwen3VLVideoProcessor",
  size: { shortest_edge: 4096, longest_edge: 200704 },
};
const PICTURE = { image_processor_type: "Qwen2VLImageProcessorFast" };

/** A model's folder with a config for pictures and one for clips, and the path of the latter. */
async function model(folder: string): Promise<string> {
  await Deno.writeTextFile(`${folder}/preprocessor_config.json`, JSON.stringify(PICTURE));
  await Deno.writeTextFile(`${folder}/video_preprocessor_config.json`, JSON.stringify(QWEN));
  return `${folder}/video_preprocessor_config.json`;
}

inFolder("vitrail plan --frames prints the frames that a recipe takes of a clip", async (folder) => {
  const path = await model(folder), recipe = recipeFromConfig(QWEN);
  const { indices } = sampleFrames(recipe, { frames: 240, fps: 24 });
  for (const flag of [path, folder]) {
    const ran = await vitrail("plan", "--recipe", flag, "--frames", "240", "--fps", "24", "--json");
    assertEquals(ran.status, 0, ran.err);
    const { clip, recipe: name } = JSON.parse(ran.out);
    assertEquals([name, clip.frames, clip.fps, clip.indices], ["qwen3_vl", 240, 24, indices]);
    assertEquals(clip.timestamps, indices.map((index) => index / 24));
  }
  const text = (await vitrail("plan", "--recipe", path, "--frames", "240", "--fps", "24")).out;
  assertMatch(
    text,
    /^qwen3_vl takes 20 frames of 240 at 24 a second: 0 \(0\.00 s\), .*, …, 239 \(9\.96 s\)$/m,
  );
});

inFolder(
  "vitrail plan --frames plans a clip of a size, and --fps the frames that are given",
  async (folder) => {
    const path = await model(folder), flags = ["--recipe", path, "--fps", "24", "--json"];
    const sized = JSON.parse((await vitrail("plan", "320x240", "--frames", "96", ...flags)).out);
    const { indices } = sampleFrames(recipeFromConfig(QWEN), { frames: 96, fps: 24 });
    assertEquals(sized.clip.indices, indices);
    assertEquals(sized.images.length, 1);

    const given = Array.from({ length: 96 }, () => "320x240");
    const listed = JSON.parse((await vitrail("plan", ...given, ...flags)).out);
    assertEquals([listed.shape, listed.clip.indices], [sized.shape, indices]);

    const all = JSON.parse((await vitrail("plan", "320x240", "320x240", "--recipe", path, "--json")).out);
    assertEquals([all.clip.indices, all.clip.fps], [[0, 1], null]);
    const text = (await vitrail("plan", "320x240", "320x240", "--recipe", path)).out;
    assertStringIncludes(text, "qwen3_vl takes 2 frames of 2: 0, 1");
  },
);

inFolder("vitrail tile --fps takes of the frames what the recipe takes", async (folder) => {
  const path = await model(folder), out = `${folder}/sample.safetensors`;
  const frames = Array.from({ length: 48 }, (_, at) => `${PICTURES}/${at % 2 ? "window.jpg" : "page.png"}`);
  // The two pictures have different sizes, and a clip has one.
  const mixed = await vitrail("tile", ...frames, "--recipe", path, "--fps", "24", "--out", out, ...EXECUTOR);
  assertEquals(mixed.status, 1);
  assertStringIncludes(mixed.err, "of clip 1 is 1680x1008: the first frame of its clip is 816x1056");
  const same = frames.map(() => `${PICTURES}/page.png`);
  const flags = ["--recipe", folder, "--fps", "24", "--out", out, ...EXECUTOR];
  const ran = await vitrail("tile", ...same, ...flags, "--json", "--verify");
  assertEquals(ran.status, 0, ran.err);
  const { clips, source } = JSON.parse(ran.out), recipe = recipeFromConfig(QWEN);
  const taken = sampleFrames(recipe, { frames: 48, fps: 24 });
  assertEquals(clips.map((clip: { indices: number[] }) => clip.indices), [taken.indices]);
  assertEquals(source.files.map(({ name }: { name: string }) => name), ["video_preprocessor_config.json"]);

  await using engine = await Engine.open({ executor: "reference" });
  using batch = await engine.run(recipe, [{ frames: same, fps: 24 }]);
  const { tensors } = await readSafetensors(out);
  for (const [name, tensor] of Object.entries(batch.outputs)) {
    const { shape, data } = tensors.get(name)!, { dtype } = tensor;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    assertSameBytes(bytes, await tensor.bytes(), { output: name, dtype, shape });
  }
  assertStringIncludes((await vitrail("tile", ...same, ...flags)).out, "qwen3_vl takes 4 frames of 48");
});

inFolder("vitrail refuses flags of clips that have no meaning", async (folder) => {
  const path = await model(folder), clip = ["--recipe", path];
  const cases: [string[], string][] = [
    [["plan", "--frames", "0", ...clip], '--frames is a whole number of frames, above 0, found "0"'],
    [["plan", "--frames", "2.5", ...clip], "--frames is a whole number"],
    [["plan", "--frames", "8", "--fps", "fast", ...clip], "--fps is a number of frames a second"],
    [["plan", "--frames", "8", "--fps", "0", ...clip], "--fps is a number of frames a second"],
    [["plan", "--frames", "8", "--fps", "2"], "ixc2-4khd takes pictures; for a clip give --recipe"],
    [["plan", "--frames", "8", "--recipe", `${folder}/preprocessor_config.json`], "qwen2_vl takes pictures"],
    [["plan", "8x8", "9x9", "--frames", "8", ...clip], "--frames is of a clip of one size, found 2"],
    [["tile", `${PICTURES}/page.png`, "--fps", "24"], "ixc2-4khd takes pictures"],
  ];
  for (const [args, message] of cases) {
    const { status, err } = await vitrail(...args);
    assert(status !== 0, args.join(" "));
    assertStringIncludes(err, message, args.join(" "));
  }
});
