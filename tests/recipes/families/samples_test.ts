import { assertEquals } from "@std/assert";
import type { RawPixels } from "../../../src/codecs/picture.ts";
import type { Call } from "../../../src/engine/call.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import type { Batch } from "../../../src/engine/results/batch.ts";
import { mainOutput } from "../../../src/plan/plan.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";
import { assertSameBytes } from "../../support/compare/assert_same.ts";
import { runVerified } from "../../support/compare/assert_verified.ts";
import { rowsOf } from "../../support/compare/rows_of.ts";
import { onOneEngine } from "../../support/executors.ts";
import { synthetic } from "../../support/pictures/synthetic.ts";
import { DOCUMENT_SAMPLES } from "../../support/recipes/documents_cases.ts";
import { PATCH_SAMPLES } from "../../support/recipes/patches_cases.ts";
import { TILE_SAMPLES } from "../../support/recipes/tiles_cases.ts";
import { CASES, type Expected } from "../../support/recipes/samples_cases.ts";

const A = noise(200, 120, 11), B = noise(70, 150, 12), C = noise(90, 90, 13);

for (
  const { type, config, flat, nested } of [...CASES, ...PATCH_SAMPLES, ...TILE_SAMPLES, ...DOCUMENT_SAMPLES]
) {
  onOneEngine(
    `Engine.run gives samples' shapes and rows: ${type} ${JSON.stringify(config)}`,
    async (engine) => {
      const recipe = recipeFromConfig({ image_processor_type: type, ...config });
      const alone = new Map<RawPixels, Batch>();
      for (const picture of [A, B, C]) alone.set(picture, await engine.run(recipe, [picture]));
      await requireCall(engine, recipe, [A, B], flat, alone);
      await requireCall(engine, recipe, [[A], [B, C]], nested, alone);
    },
  );
}

async function requireCall(
  engine: Engine,
  recipe: Recipe,
  call: Call,
  expected: Expected,
  alone: ReadonlyMap<RawPixels, Batch>,
): Promise<void> {
  const label = call.some(Array.isArray) ? "two samples" : "one sample";
  const batch = await runVerified(engine, recipe, call, {}, label);
  assertEquals(Object.keys(batch.outputs).sort(), Object.keys(expected).sort(), label);
  for (const [name, { shape, values, lists }] of Object.entries(expected)) {
    const tensor = batch.outputs[name];
    assertEquals([tensor.shape, tensor.lists], [shape, lists], `${label}: ${name}`);
    if (values === undefined) continue;
    const found = Int32Array.from(await tensor.data() as Int32Array, Number);
    assertSameBytes(found, Int32Array.from(values), { label, output: name, shape });
  }
  await requireRows(batch, (call.flat() as RawPixels[]).map((picture) => alone.get(picture)!), label);
}

/**
 * Every picture's rows are those that it has in a call by itself, at the top left of zeros; all other rows
 * are zeros.
 */
async function requireRows(batch: Batch, alone: readonly Batch[], label: string): Promise<void> {
  const output = mainOutput(batch.plan), [rows, ...row] = batch.plan.outputs[output].shape;
  const expected = new Float32Array(rows * product(row));
  for (const [index, own] of alone.entries()) {
    const { plan, images } = own,
      [from, to] = batch.images[index].rows,
      [, ...small] = plan.outputs[output].shape;
    assertEquals(to - from, images[0].rows[1], label);
    const values = await rowsOf(own, output) as Float32Array;
    lay(values, [to - from, ...small], expected.subarray(from * product(row)), [to - from, ...row]);
  }
  const subject = { label, output, shape: [rows, ...row] };
  assertSameBytes(await rowsOf(batch, output) as Float32Array, expected, subject);
}

/** Lays a tensor at the top left of a larger one. */
function lay(
  values: Float32Array,
  [count, ...small]: number[],
  into: Float32Array,
  [, ...large]: number[],
): void {
  if (small.length === 0) into.set(values.subarray(0, count));
  else {
    for (let i = 0; i < count; i++) {
      lay(values.subarray(i * product(small)), small, into.subarray(i * product(large)), large);
    }
  }
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

function noise(w: number, h: number, seed: number): RawPixels {
  return { width: w, height: h, data: synthetic({ kind: "noise", w, h, seed }) };
}
