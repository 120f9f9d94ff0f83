import { assert, assertEquals } from "@std/assert";
import type { Batch } from "../../src/engine/batch.ts";
import type { Call } from "../../src/engine/call.ts";
import type { Engine } from "../../src/engine.ts";
import type { RawPixels } from "../../src/codecs/pixels.ts";
import type { Recipe } from "../../src/recipes/recipe.ts";
import { recipeFromConfig } from "../../src/recipes/processors/config.ts";
import { onEngines } from "../support/backends.ts";
import { synthetic } from "../support/synthetic.ts";

/** What a call returns, besides pixels: shapes, and where they are few the integers themselves. */
type Expected = Record<string, { shape: number[]; values?: number[]; lists?: number[] }>;

interface Case {
  type: string;
  config: Record<string, unknown>;
  /** Of one sample with the pictures A and B. */
  flat: Expected;
  /** Of a sample with A and one with B and C. */
  nested: Expected;
}

const A = noise(200, 120, 11), B = noise(70, 150, 12), C = noise(90, 90, 13);

/** Shapes and integers worked out by hand from each class's formulas, at sizes that keep the pictures small. */
const CASES: Case[] = [
  // Sides to the nearest 28, halves to even: 196 × 112, 56 × 140, 84 × 84.
  grids("Qwen2VLImageProcessor", {}, [1176]),
  grids("Glm4vImageProcessor", {}, [1176]),
  grids("PaddleOCRVLImageProcessor", { min_pixels: 3136, max_pixels: 100000 }, [3, 14, 14]),
  {
    // 100 × 60, 46 × 100 and 90 × 90, on a canvas of 100 × 100.
    type: "Idefics2ImageProcessor",
    config: { size: { shortest_edge: 40, longest_edge: 100 } },
    flat: {
      pixel_values: { shape: [1, 2, 3, 100, 100] },
      pixel_attention_mask: mask([1, 2, 100, 100], [[100, 60], [46, 100]]),
    },
    nested: {
      pixel_values: { shape: [2, 2, 3, 100, 100] },
      pixel_attention_mask: mask([2, 2, 100, 100], [[100, 60], [0, 0], [46, 100], [90, 90]]),
    },
  },
  {
    // Quarters of 100 × 60 and 35 × 75, 35 and 45 up to 40; 75 rows at most, 100 columns.
    type: "Idefics2ImageProcessor",
    config: { size: { shortest_edge: 40, longest_edge: 100 }, do_image_splitting: true },
    flat: {
      pixel_values: { shape: [1, 10, 3, 100, 100] },
      pixel_attention_mask: mask([1, 10, 100, 100], [
        ...[...Array(4).fill([100, 60]), [100, 60]],
        ...[...Array(4).fill([40, 75]), [46, 100]],
      ]),
    },
    nested: {
      pixel_values: { shape: [2, 10, 3, 100, 100] },
      pixel_attention_mask: mask([2, 10, 100, 100], [
        ...[...Array(4).fill([100, 60]), [100, 60], ...Array(5).fill([0, 0])],
        ...[...Array(4).fill([40, 75]), [46, 100]],
        ...[...Array(4).fill([45, 45]), [90, 90]],
      ]),
    },
  },
  // 120 × 72 on 3 × 2 tiles of 50, 56 × 120 on 2 × 3, 120 × 120 on 3 × 3, and all of each after its tiles.
  tiles("Idefics3ImageProcessor"),
  tiles("SmolVLMImageProcessor"),
  {
    // A and B are long enough for two crops, C is not.
    type: "Gemma3ImageProcessor",
    config: { size: { height: 48, width: 64 }, do_pan_and_scan: true, pan_and_scan_min_crop_size: 32 },
    flat: { pixel_values: { shape: [6, 3, 48, 64] }, num_crops: { shape: [2], values: [2, 2] } },
    nested: { pixel_values: { shape: [7, 3, 48, 64] }, num_crops: { shape: [3], values: [2, 2, 0] } },
  },
  {
    // A shrinks least on 2 × 2 tiles of 56 (to 0.56), B on 3 × 1 (to 0.8), and C grows least on 2 × 2.
    type: "MllamaImageProcessor",
    config: { size: { height: 56, width: 56 } },
    flat: {
      pixel_values: { shape: [1, 2, 4, 3, 56, 56] },
      aspect_ratio_ids: { shape: [1, 2], values: [6, 7] },
      aspect_ratio_mask: { shape: [1, 2, 4], values: [1, 1, 1, 1, 1, 1, 1, 0] },
      num_tiles: { shape: [2], values: [4, 3], lists: [2] },
    },
    nested: {
      pixel_values: { shape: [2, 2, 4, 3, 56, 56] },
      aspect_ratio_ids: { shape: [2, 2], values: [6, 0, 7, 6] },
      aspect_ratio_mask: { shape: [2, 2, 4], values: [1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1] },
      num_tiles: { shape: [3], values: [4, 3, 4], lists: [1, 2] },
    },
  },
  {
    // 100 × 60, 46 × 100 and 90 × 90, each up to whole patches.
    type: "PixtralImageProcessor",
    config: { size: { longest_edge: 100 } },
    flat: {
      pixel_values: { shape: [2, 3, 112, 112] },
      image_sizes: { shape: [2, 2], values: [64, 112, 112, 48] },
    },
    nested: {
      pixel_values: { shape: [3, 3, 112, 112] },
      image_sizes: { shape: [3, 2], values: [64, 112, 112, 48, 96, 96] },
    },
  },
  {
    // The most of 24 patches at A's aspect, 200 by 120, are 4 rows of 6; at B's, 7 of 3; at C's, 4 of 4.
    type: "Siglip2ImageProcessor",
    config: { max_num_patches: 24 },
    flat: {
      pixel_values: { shape: [2, 24, 768] },
      pixel_attention_mask: { shape: [2, 24], values: [...ones(24, 24), ...ones(21, 24)] },
      spatial_shapes: { shape: [2, 2], values: [4, 6, 7, 3] },
    },
    nested: {
      pixel_values: { shape: [3, 24, 768] },
      pixel_attention_mask: { shape: [3, 24], values: [...ones(24, 24), ...ones(21, 24), ...ones(16, 24)] },
      spatial_shapes: { shape: [3, 2], values: [4, 6, 7, 3, 4, 4] },
    },
  },
];

for (const { type, config, flat, nested } of CASES) {
  onEngines(`samples: ${type} ${JSON.stringify(config)}`, async (engine) => {
    const recipe = recipeFromConfig({ image_processor_type: type, ...config });
    await requireCall(engine, recipe, [A, B], flat);
    await requireCall(engine, recipe, [[A], [B, C]], nested);
  });
}

async function requireCall(engine: Engine, recipe: Recipe, call: Call, expected: Expected): Promise<void> {
  const batch = await engine.run(recipe, call, { verify: true });
  assertEquals(batch.verification!.mismatches, 0);
  assertEquals(Object.keys(batch.outputs).sort(), Object.keys(expected).sort());
  for (const [name, { shape, values, lists }] of Object.entries(expected)) {
    const tensor = batch.outputs[name];
    assertEquals(tensor.shape, shape, name);
    assertEquals(tensor.lists, lists, name);
    if (values) assertEquals(Array.from(await tensor.data() as Int32Array, Number), values, name);
  }
  await requireRows(engine, recipe, call.flat() as RawPixels[], batch);
}

/** Every picture's rows are those that it has in a call by itself, at the top left of zeros; all other rows are zeros. */
async function requireRows(engine: Engine, recipe: Recipe, pictures: RawPixels[], batch: Batch) {
  const [rows, ...row] = batch.plan.outputs.pixel_values.shape;
  const expected = new Float32Array(rows * product(row));
  for (const [index, picture] of pictures.entries()) {
    const alone = await engine.run(recipe, [picture]);
    const [, ...small] = alone.plan.outputs.pixel_values.shape;
    const values = await alone.pixelValues.data() as Float32Array;
    const [from, to] = batch.images[index].rows;
    assertEquals(to - from, alone.images[0].rows[1]);
    for (let i = 0; i < (to - from) * product(small); i++) {
      expected[from * product(row) + moved(i, small, row)] = values[i];
    }
  }
  const found = await batch.pixelValues.data() as Float32Array;
  assertEquals(found.length, expected.length);
  const at = found.findIndex((value, i) => value !== expected[i]);
  assert(at < 0, `element ${at} is ${found[at]}, and ${expected[at]} in a call by itself`);
}

/** Where element `i` of rows of `small` lies in rows of `large`. */
function moved(i: number, small: readonly number[], large: readonly number[]): number {
  let to = 0;
  for (let axis = small.length - 1, stride = 1; axis >= 0; stride *= large[axis--]) {
    to += i % small[axis] * stride;
    i = Math.floor(i / small[axis]);
  }
  return to + i * product(large);
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

function grids(type: string, config: Record<string, unknown>, row: number[]): Case {
  return {
    type,
    config,
    flat: {
      pixel_values: { shape: [112 + 40, ...row] },
      image_grid_thw: { shape: [2, 3], values: [1, 8, 14, 1, 10, 4] },
    },
    nested: {
      pixel_values: { shape: [112 + 40 + 36, ...row] },
      image_grid_thw: { shape: [3, 3], values: [1, 8, 14, 1, 10, 4, 1, 6, 6] },
    },
  };
}

function tiles(type: string): Case {
  const whole = (count: number) => Array(count).fill([50, 50]);
  return {
    type,
    config: { size: { longest_edge: 120 }, max_image_size: { longest_edge: 50 }, return_row_col_info: true },
    flat: {
      pixel_values: { shape: [1, 14, 3, 50, 50] },
      pixel_attention_mask: mask([1, 14, 50, 50], whole(14)),
      rows: { shape: [2], values: [2, 3], lists: [2] },
      cols: { shape: [2], values: [3, 2], lists: [2] },
    },
    nested: {
      pixel_values: { shape: [2, 17, 3, 50, 50] },
      pixel_attention_mask: mask([2, 17, 50, 50], [...whole(7), ...Array(10).fill([0, 0]), ...whole(17)]),
      rows: { shape: [3], values: [2, 3, 3], lists: [1, 2] },
      cols: { shape: [3], values: [3, 2, 3], lists: [1, 2] },
    },
  };
}

/** Planes of ones of these widths and heights, zeros after them. */
function mask(shape: number[], sizes: readonly [width: number, height: number][]) {
  const [height, width] = shape.slice(-2);
  const values = sizes.flatMap(([w, h]) => {
    return Array.from({ length: height * width }, (_, i) => i % width < w && i < h * width ? 1 : 0);
  });
  return { shape, values };
}

function ones(count: number, length: number): number[] {
  return Array.from({ length }, (_, i) => i < count ? 1 : 0);
}

function noise(w: number, h: number, seed: number): RawPixels {
  return { width: w, height: h, data: synthetic({ kind: "noise", w, h, seed }) };
}
