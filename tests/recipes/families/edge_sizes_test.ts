import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import { type Size, sizeText } from "../../../src/plan/geometry.ts";
import { mainOutput, type Plan } from "../../../src/plan/plan.ts";
import type { CanvasView } from "../../../src/plan/view.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { VIDEO_FAMILIES } from "../../../src/recipes/families/clips/video_families.ts";
import { FAMILIES } from "../../../src/recipes/families/families.ts";
import { mostOf } from "../../../src/recipes/parts/placements.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";

/** From a single pixel to the longest pictures that there are, lying and standing. */
const SIZES: readonly Size[] = [
  ...[[1, 1], [1, 2], [2, 1], [3, 3], [1, 200], [200, 1], [27, 29], [56, 28], [1920, 1080]],
  ...[[1, 5000], [5000, 1], [1, 20000], [20000, 1], [33, 20000], [20000, 33], [3, 7], [10000, 1]],
].map(([width, height]) => ({ width, height }));

/** Those of them with which clips are planned in several lengths, from one frame up. */
const LAW = ["1x1", "1x5000", "5000x1", "3x7"];

/** The fields without which a class makes no recipe. */
const WANTED: Record<string, object> = {
  NougatImageProcessor: { do_crop_margin: false },
  Ernie4_5_VLMoeVideoProcessor: { draw_on_frames: false },
};

/** The recipe of a class, or undefined where it refuses a field by its name. */
function recipeOf(config: Record<string, unknown>): Recipe | undefined {
  try {
    return recipeFromConfig(config);
  } catch (error) {
    assert(error instanceof VitrailError && /: (do_resize|backend) is /.test(error.message), String(error));
    return undefined;
  }
}

const CLASSES = [
  ...FAMILIES.map(({ types: [type] }) => ({ type, clips: false })),
  ...VIDEO_FAMILIES.map(({ types: [type] }) => ({ type, clips: true })),
];

for (const { type, clips } of CLASSES) {
  Deno.test(`planSample plans every size or names it: ${type}`, () => {
    const named = { [clips ? "video_processor_type" : "image_processor_type"]: type, ...WANTED[type] };
    for (const fields of [{}, { do_resize: false }, { backend: "pil" }]) {
      const recipe = recipeOf({ ...named, ...fields });
      if (recipe === undefined) continue;
      for (const [size, count] of SIZES.flatMap((size) => countsOf(size, clips))) {
        try {
          requireWhole(planSample(recipe, Array(count).fill(size), "f32", clips ? [count] : undefined));
        } catch (error) {
          assert(error instanceof VitrailError, `${sizeText(size)}: ${error}`);
          assertStringIncludes(error.message, sizeText(size));
          if ("do_resize" in fields) {
            assert(/do_resize|pad_size|max_image_tokens|lines of|side/.test(error.message), error.message);
          }
        }
      }
    }
  });
}

/** The counts of frames with which a size is planned. */
function countsOf(size: Size, clips: boolean): [size: Size, count: number][] {
  const counts = !clips ? [1] : LAW.includes(sizeText(size)) ? [1, 2, 3, 5] : [4];
  return counts.map((count) => [size, count]);
}

/**
 * Requires that no canvas, content or output is empty or broken, that images' rows follow one another within
 * the output, and that counts of tokens and patches are those of the grids.
 */
function requireWhole(plan: Plan): void {
  const { images, views, outputs, integers } = plan;
  const canvases = views.filter((view): view is CanvasView => view.kind === "canvas");
  for (const { canvas, placements } of canvases) {
    for (const { width, height } of [canvas, ...placements.map(({ content }) => content)]) {
      assert(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0);
    }
  }
  for (const { shape } of Object.values(outputs)) assert(shape.every((n) => Number.isInteger(n) && n > 0));
  let end = 0;
  for (const { rows: [from, to], tokens = 1, tokenGrid } of images) {
    assert(from === end && to > from, `rows ${from} to ${to} after ${end}`);
    assert(Number.isInteger(tokens) && tokens > 0, `${tokens} tokens`);
    end = to;
    if (!tokenGrid) continue;
    const { steps, rows, columns } = tokenGrid;
    assert(rows > 0 && columns > 0 && steps * rows * columns <= tokens, JSON.stringify(tokenGrid));
  }
  const [rows] = outputs[mainOutput(plan)].shape;
  assert(end <= rows, `${end} rows of ${rows}`);
  for (const [name, output] of Object.entries({ image_grid_thw: "pixel_values", ...OF_CLIPS })) {
    const grids = integers[name]?.values as readonly number[] | undefined;
    if (grids) assertEquals(outputs[output].shape[0], patchesOf(grids), name);
  }
}

/** The output whose rows the grids of clips count. */
const OF_CLIPS = { video_grid_thw: "pixel_values_videos" };

/** Counts the patches of grids, each its steps, lines and columns. */
function patchesOf(grids: readonly number[]): number {
  return Array.from({ length: grids.length / 3 }, (_, i) => {
    return grids[3 * i] * grids[3 * i + 1] * grids[3 * i + 2];
  }).reduce((a, b) => a + b);
}

/** A size, and the grid of patches that Python's formula gives, or what its refusal says. */
type Fitted = [size: [width: number, height: number], found: [down: number, across: number] | string];

const TOO_LONG = "one side may be 200 times the other at most";

/**
 * Grids at the edge, by hand from each class's `smart_resize` or its like: sides rounded to groups (halves to
 * even), and below the fewest pixels both by √(fewest / pixels), up to groups.
 */
const GRIDS: Record<string, Fitted[]> = {
  // round(1/28) = 0, so 0 pixels: √(3136 / 1) = 56 each way, 2 groups of 2 patches.
  Qwen2VLImageProcessor: [
    [[1, 1], [4, 4]],
    [[2, 1], [4, 6]], // 2 · √(3136/2) = 79.2, 3 groups; 39.6, 2 groups
    [[3, 7], [8, 4]], // √(3136/21) = 12.22: 36.7, 2 groups; 85.5, 4 groups
    [[1, 5000], TOO_LONG],
    [[20000, 1], TOO_LONG],
  ],
  // Sides are scaled up to a group first, and then compared.
  Glm4vImageProcessor: [[[1, 5000], TOO_LONG], [[10000, 1], TOO_LONG]],
  PaddleOCRVLImageProcessor: [[[1, 1], [28, 28]], [[1, 20000], TOO_LONG]], // 384 / 14 = 27.4, up to a group
  // Nothing grows: a picture of one pixel is a group; the longest side is 512 patches.
  Kimi_K25ImageProcessor: [[[1, 1], [2, 2]], [[1, 20000], [512, 2]], [[20000, 1], [2, 512]], [[3, 7], [
    2,
    2,
  ]]],
  // A picture keeps its size, on whole patches of 32.
  NeoMMEImageProcessor: [[[1, 1], [1, 1]], [[1, 20000], [625, 1]], [[5000, 1], [1, 157]]],
  GlmImageImageProcessor: [[[1, 1], "both sides must be at least 28"]],
  PixtralImageProcessor: [[[1, 1], [1, 1]], [[3, 7], [1, 1]], [[1, 5000], "both sides must be at least 1"]],
};

for (const [image_processor_type, fitted] of Object.entries(GRIDS)) {
  Deno.test(`planSample gives Python's grids at the edge: ${image_processor_type}`, () => {
    const recipe = recipeFromConfig({ image_processor_type });
    for (const [[width, height], expected] of fitted) {
      const plan = () => planSample(recipe, [{ width, height }]).images[0].grid;
      if (typeof expected !== "string") assertEquals(plan(), expected, `${width}x${height}`);
      else assertStringIncludes(assertThrows(plan, VitrailError).message, expected);
    }
  });
}

Deno.test("planSample takes no long time for any size, in every family", () => {
  for (const { type, clips } of CLASSES) {
    const recipe = recipeOf({
      [clips ? "video_processor_type" : "image_processor_type"]: type,
      ...WANTED[type],
    })!;
    for (const size of SIZES) {
      const plan = () => clips ? planSample(recipe, [size], "f32", [1]) : planSample(recipe, [size]);
      const took = msOf(plan); // below 50: a second is left to a busy machine
      assert(took < 1000, `${type} takes ${took} ms for ${sizeText(size)}`);
    }
  }
});

/** The ms that a plan takes, or its refusal. */
function msOf(plan: () => unknown): number {
  const start = performance.now();
  try {
    plan();
  } catch { /* the refusals are other tests' */ }
  return performance.now() - start;
}

Deno.test("planSample says of pictures of two sizes what keeps them apart", () => {
  for (const { type } of CLASSES.filter(({ clips }) => !clips)) {
    const recipe = recipeOf({
      image_processor_type: type,
      do_resize: false,
      do_center_crop: false,
      ...WANTED[type],
    });
    if (recipe === undefined) continue;
    try {
      planSample(recipe, [{ width: 840, height: 336 }, { width: 336, height: 336 }]);
    } catch (error) {
      assert(error instanceof VitrailError, `${type}: ${error}`);
      assert(!error.message.includes("uniform"), error.message);
      assert(/do_resize|do_pad|pad_size/.test(error.message), `${type}: ${error.message}`);
    }
  }
});

/** The classes that return a row of zeros for a sample without pictures. */
const ROWS = ["Idefics2", "Idefics3", "SmolVLM", "Mllama"].map((name) => `${name}ImageProcessor`);

Deno.test("planSample takes samples without pictures of every family", () => {
  const size = { width: 120, height: 90 };
  for (const { type } of CLASSES.filter(({ clips }) => !clips)) {
    const recipe = recipeFromConfig({ image_processor_type: type, ...WANTED[type] });
    const found = planSample(recipe, [size, size], "f32", [0, 1, 0, 1]);
    const without = planSample(recipe, [size, size], "f32", [1, 1]);
    if (ROWS.includes(type)) {
      const [, ...rest] = without.outputs.pixel_values.as!;
      assertEquals(found.outputs.pixel_values.as, [4, ...rest], type);
    } else assertEquals([found.outputs, found.integers], [without.outputs, without.integers], type);
  }
});

Deno.test("mostOf takes as many numbers as there are pictures", () => {
  assertEquals(mostOf(Array.from({ length: 200_000 }, (_, i) => i * 7 % 200_003)), 200_002);
});
