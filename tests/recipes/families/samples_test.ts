import { assert, assertEquals } from "@std/assert";
import type { Batch } from "../../../src/engine/results/batch.ts";
import type { Call } from "../../../src/engine/call.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import type { RawPixels } from "../../../src/codecs/pixels.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { onEngines } from "../../support/executors.ts";
import { synthetic } from "../../support/pictures/synthetic.ts";
import { CASES, type Expected } from "../../support/recipes/samples_cases.ts";

const A = noise(200, 120, 11), B = noise(70, 150, 12), C = noise(90, 90, 13);

for (const { type, config, flat, nested } of CASES) {
  onEngines(
    `Engine.run gives samples' shapes and rows: ${type} ${JSON.stringify(config)}`,
    async (engine) => {
      const recipe = recipeFromConfig({ image_processor_type: type, ...config });
      await requireCall(engine, recipe, [A, B], flat);
      await requireCall(engine, recipe, [[A], [B, C]], nested);
    },
  );
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

/**
 * Every picture's rows are those that it has in a call by itself, at the top left of zeros; all other rows
 * are zeros.
 */
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

function noise(w: number, h: number, seed: number): RawPixels {
  return { width: w, height: h, data: synthetic({ kind: "noise", w, h, seed }) };
}
