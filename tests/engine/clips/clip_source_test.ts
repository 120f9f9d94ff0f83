import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Picture, RawPixels } from "../../../src/codecs/picture.ts";
import type { ClipSource } from "../../../src/engine/clip_source.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { VitrailError } from "../../../src/errors.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { sampleFrames } from "../../../src/recipes/sample_frames.ts";
import { ixc25Video } from "../../../src/recipes/tiled/ixc.ts";
import { assertSameBytes } from "../../support/compare/assert_same.ts";
import { onEngines } from "../../support/executors.ts";
import { synthetic } from "../../support/pictures/synthetic.ts";

const QWEN3 = recipeFromConfig({
  video_processor_type: "Qwen3VLVideoProcessor",
  patch_size: 8,
  size: { shortest_edge: 32 * 48, longest_edge: 64 * 96 * 8 },
});

const SIZE = { width: 96, height: 64 };

function frame(seed: number, { width, height } = SIZE): RawPixels {
  return { width, height, data: synthetic({ kind: "noise", w: width, h: height, seed: seed + 1 }) };
}

/** Frames that count how many of them were asked for, and whose pixels can be read where they were. */
function counted(count: number) {
  const seen = { asked: 0, closed: false };
  async function* frames(): AsyncGenerator<Picture> {
    try {
      for (let index = 0; index < count; index++) {
        seen.asked++;
        yield await Promise.resolve(frame(index));
      }
    } finally {
      seen.closed = true;
    }
  }
  return { frames: frames(), seen };
}

async function bytesOf(engine: Engine, clips: ClipSource[] | Picture[][]) {
  using batch = await engine.run(QWEN3, clips, { verify: true });
  assertEquals(batch.verification?.mismatches, 0);
  const { pixel_values_videos: pixels, video_grid_thw: grid } = batch.outputs;
  const bytes = new Uint8Array(await pixels.bytes());
  return { bytes, grid: [...await grid.data() as BigInt64Array].map(Number), batch };
}

onEngines("ClipSource of frames that come one by one is as the frames chosen by hand", async (engine) => {
  const { indices } = sampleFrames(QWEN3, { frames: 37, fps: 10 });
  assertEquals(indices, [0, 6, 12, 18, 24, 30, 36]);
  const { frames, seen } = counted(37);
  const made = await bytesOf(engine, [{ frames, count: 37, fps: 10 }]);
  const expected = await bytesOf(engine, [indices.map((index) => frame(index))]);
  assertSameBytes(made.bytes, expected.bytes, { shape: [made.bytes.length] });
  assertEquals(made.grid, expected.grid);
  assertEquals([seen.asked, seen.closed], [37, true]);
  assertEquals(made.batch.names[1], "clip 1, frame 7");
  assertEquals(made.batch.images[0].placeholder!.slice(0, 13), "<0.3 seconds>");
  assertEquals(expected.batch.images[0].placeholder!.slice(0, 13), "<0.0 seconds>");
});

onEngines("ClipSource is read no further than its last chosen frame, and then closed", async (engine) => {
  const recipe = recipeFromConfig({ video_processor_type: "LlavaNextVideoVideoProcessor" });
  const { frames, seen } = counted(40);
  const clip = { frames, count: 40, sampling: { num_frames: 4 } };
  using batch = await engine.run(recipe, [clip]);
  assertEquals(batch.pixelValues.shape, [1, 4, 3, 224, 224]);
  assertEquals([seen.asked, seen.closed], [31, true]);
});

onEngines("ClipSource stands beside others, lists among them, and in a stream", async (engine) => {
  const list = [0, 1, 2, 3].map((seed) => frame(seed));
  const clips = () => [{ frames: list }, { frames: counted(6).frames, count: 6, fps: 3 }];
  const made = await bytesOf(engine, clips());
  const both = [list, [0, 2, 3, 5].map((index) => frame(index))];
  assertSameBytes(made.bytes, (await bytesOf(engine, both)).bytes, { shape: [made.bytes.length] });
  const lengths: number[] = [];
  for await (const batch of engine.stream(QWEN3, [...clips(), clips()])) {
    lengths.push(batch.images.length);
    batch.dispose();
  }
  assertEquals(lengths, [1, 1, 2]);
});

onEngines("ClipSource says what is wrong with it", async (engine) => {
  const short = { frames: counted(5).frames, count: 9, fps: 2 };
  const cases: [unknown, string][] = [
    [[{ frames: counted(5).frames }], "clip 1 is no list of frames, so it has to say how many there are"],
    [[{ frames: [frame(1)], count: 2 }], "clip 1 has 1 frames, and its count says 2"],
    [[{ frames: [frame(1)] }, frame(2)], "found 1 clips among 2 items"],
    [[short], "clip 1 ended after 5 frames, before frame"],
    [[{ frames: [frame(1), frame(2), frame(3), frame(4, { width: 40, height: 40 })] }], "40x40"],
    [[{ frames: counted(0).frames, count: 4 }], "clip 1 ended after 0 frames"],
  ];
  for (const [call, message] of cases) {
    await assertRejects(() => engine.run(QWEN3, call as ClipSource[]), VitrailError, message);
  }
});

Deno.test("ClipSource that fails ends the run with its error", async () => {
  await using engine = await Engine.open({ executor: "simd" });
  async function* frames(): AsyncGenerator<Picture> {
    yield await Promise.resolve(frame(1));
    throw new Error("the camera is gone");
  }
  await assertRejects(
    () => engine.run(QWEN3, [{ frames: frames(), count: 4, fps: 2 }]),
    Error,
    "the camera is gone",
  );
});

Deno.test("ClipSource of frames far beyond the budget is read in its bounds", async () => {
  // 240 frames of 480x360 are 166 MB as pixels: a clip that had to be there as a whole would be refused.
  const size = { width: 480, height: 360 }, memory = 24 * 2 ** 20;
  await using engine = await Engine.open({ executor: "simd", memory });
  const recipe = recipeFromConfig({
    video_processor_type: "Qwen3VLVideoProcessor",
    size: { shortest_edge: 4096, longest_edge: 240 * 96 * 64 },
  });
  const three = [0, 1, 2].map((seed) => frame(seed, size));
  let made = 0;
  async function* frames(): AsyncGenerator<Picture> {
    for (; made < 240; made++) yield await Promise.resolve(three[made % 3]);
  }
  const done: number[] = [];
  using batch = await engine.run(recipe, [{
    frames: frames(),
    count: 240,
    sampling: { do_sample_frames: false },
  }], {
    onProgress: (images) => done.push(images),
  });
  assertEquals([batch.images.length, batch.names.at(-1)], [1, "clip 1, frame 240"]);
  assert(done.length > 10, `${done.length} chunks`);
  assertEquals(done.at(-1), 1);
});

onEngines("ClipSource of a recipe that is not of videos has all its frames taken", async (engine) => {
  const list = [frame(1), frame(2)];
  using made = await engine.run(ixc25Video(), [{ frames: list }], { dtype: "u8" });
  using expected = await engine.run(ixc25Video(), list, { dtype: "u8" });
  const shape = [...made.pixelValues.shape];
  assertSameBytes(await made.pixelValues.bytes(), await expected.pixelValues.bytes(), { shape });
});
