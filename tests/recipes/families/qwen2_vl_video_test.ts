import { assertEquals, assertThrows } from "@std/assert";
import type { Engine } from "../../../src/engine/engine.ts";
import { VitrailError } from "../../../src/errors.ts";
import type { Size } from "../../../src/plan/geometry.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";
import { assertSameBytes } from "../../support/compare/assert_same.ts";
import { runVerified } from "../../support/compare/assert_verified.ts";
import { onEngines } from "../../support/executors.ts";
import { synthetic } from "../../support/pictures/synthetic.ts";

/** Gives clips a small budget, so that their frames become a few patches; a third of them odd in number. */
const CONFIG = {
  image_processor_type: "Qwen2VLImageProcessor",
  video: true,
  patch_size: 7,
  merge_size: 2,
  size: { shortest_edge: 28 * 42, longest_edge: 56 * 84 },
};

function frame(size: Size, seed: number) {
  const data = synthetic({ kind: "noise", w: size.width, h: size.height, seed });
  return { ...size, data };
}

const WIDE = { width: 90, height: 50 }, TALL = { width: 33, height: 71 };
const CLIPS = [
  [1, 2, 3].map((seed) => frame(WIDE, seed)),
  [4].map((seed) => frame(TALL, seed)),
  [5, 6, 7, 8].map((seed) => frame(WIDE, seed)),
];

/**
 * Returns each frame's normalised canvas `[3, h, w]`, as a still picture of the same recipe gives it in one
 * row.
 */
async function canvasesOf(engine: Engine, recipe: Recipe) {
  const stills: Recipe = {
    ...recipe,
    kind: "processor",
    *compose(composer) {
      const { views } = planSample(recipe, composer.pictures, composer.dtype, composer.samples);
      for (const [index, view] of views.entries()) {
        if (view.kind !== "canvas") throw new Error("a clip has canvases only");
        const target = composer.target(`frame${index}`, view.canvas, "c h w -> 1 c h w");
        const main = composer.canvas({ ...view, target });
        yield composer.image({ size: composer.pictures[index], main, grid: [1, 1], output: `frame${index}` });
      }
    },
  };
  const { outputs } = await engine.run(stills, CLIPS);
  return await Promise.all(Object.values(outputs).map((tensor) => tensor.data() as Promise<Float32Array>));
}

/**
 * Returns the patches of a clip, by plain loops in the order of Python's `view` and `permute(0, 1, 4, 7, 5,
 * 8, 3, 2, 6, 9)`: transformers `models/qwen2_vl/video_processing_qwen2_vl.py`, `_preprocess`.
 */
function patchesOf(
  frames: Float32Array[],
  { width, height }: Size,
  p: number,
  m: number,
  t: number,
): number[] {
  const steps = Math.ceil(frames.length / t), values: number[] = [];
  const at = (frame: number, c: number, y: number, x: number) => {
    return frames[Math.min(frame, frames.length - 1)][(c * height + y) * width + x];
  };
  for (let step = 0; step < steps; step++) {
    for (let top = 0; top < height; top += m * p) {
      for (let left = 0; left < width; left += m * p) {
        for (let row = 0; row < m; row++) {
          for (let column = 0; column < m; column++) {
            for (let c = 0; c < 3; c++) {
              for (let time = 0; time < t; time++) {
                for (let y = 0; y < p; y++) {
                  for (let x = 0; x < p; x++) {
                    values.push(at(step * t + time, c, top + row * p + y, left + column * p + x));
                  }
                }
              }
            }
          }
        }
      }
    }
  }
  return values;
}

for (const time of [2, 3]) {
  onEngines(`qwen2Vl has ${time} frames of a clip share rows, the last repeated`, async (engine) => {
    const recipe = recipeFromConfig({ ...CONFIG, temporal_patch_size: time });
    const { outputs, images } = await runVerified(engine, recipe, CLIPS);
    const frames = await canvasesOf(engine, recipe);
    const starts = [0, 3, 4]; // of the clips, among all frames
    const expected = CLIPS.flatMap((clip, index) => {
      const own = frames.slice(starts[index], starts[index] + clip.length);
      return patchesOf(own, images[index].canvas, 7, 2, time);
    });
    const { pixel_values_videos: pixels, video_grid_thw: grid } = outputs;
    assertEquals(Object.keys(outputs).sort(), ["pixel_values_videos", "video_grid_thw"]);
    const row = 3 * time * 7 * 7, shape = [expected.length / row, row];
    assertEquals(pixels.shape, shape);
    assertSameBytes(await pixels.data() as Float32Array, Float32Array.from(expected), { shape });
    const grids = CLIPS.map((clip, index) => {
      const { width, height } = images[index].canvas;
      return [Math.ceil(clip.length / time), height / 7, width / 7];
    });
    assertEquals([...await grid.data() as BigInt64Array], grids.flat().map(BigInt));
    assertEquals(images.map(({ tokens }) => tokens), grids.map(([t, h, w]) => t * h * w / 4));
    assertEquals(images.map(({ rows: [from, to] }) => to - from), grids.map(([t, h, w]) => t * h * w));
    assertEquals(images[1].placeholder, "<|video_pad|>".repeat(images[1].tokens!));
  });
}

Deno.test("qwen2Vl has the budgets of the class for videos where a config is of clips", () => {
  const sized = (config: object) => {
    const recipe = recipeFromConfig({ image_processor_type: "Qwen2VLImageProcessor", ...config });
    return planSample(recipe, [{ width: 400, height: 200 }, { width: 400, height: 200 }]).images[0].canvas;
  };
  // 400 × 200 rounds to 392 × 196 = 76 832 pixels, below 128 · 28 · 28 = 100 352: sides grow by √(100 352 /
  // 80 000) = 1.12.
  assertEquals(sized({ video: true }), { width: 448, height: 224 });
  assertEquals(sized({}), { width: 392, height: 196 });
});

Deno.test("qwen2Vl refuses clips of frames of two sizes, and of Qwen3-VL", () => {
  const recipe = recipeFromConfig(CONFIG);
  assertThrows(
    () => planSample(recipe, [WIDE, TALL]),
    VitrailError,
    "33x71: the first frame of its clip is 90x50",
  );
  assertThrows(
    () => recipeFromConfig({ ...CONFIG, image_processor_type: "Qwen3VLImageProcessor" }),
    VitrailError,
    "video is false: Qwen3-VL",
  );
});
