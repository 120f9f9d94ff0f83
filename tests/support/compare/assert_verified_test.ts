import { assertEquals, AssertionError, assertRejects, assertThrows } from "@std/assert";
import { Engine } from "../../../src/engine/engine.ts";
import { Batch } from "../../../src/engine/results/batch.ts";
import { Tensor } from "../../../src/engine/results/tensor.ts";
import { noDifference } from "../../../src/engine/verify/verify.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";
import { assertVerified, runVerified } from "./assert_verified.ts";

const recipe = customRecipe({ size: 2 });
const picture = { width: 2, height: 2, data: new Uint8Array(12).fill(7) };

/** A comparison of 12 elements, one of which is 3 off. */
const OFF = {
  elements: 12,
  mismatches: 1,
  largestError: 3,
  at: { output: "pixel_values", index: [0, 1, 0, 1] },
};

/** The reference in the GPU's place, whose verified batches have an element that is 3 off. */
function wrongEngine(reference: Engine): Engine {
  const run: Engine["run"] = async (...call) => {
    const { plan, pixelValues } = await reference.run(...call), { name, dtype, shape } = pixelValues;
    const bytes = (await pixelValues.bytes()).slice();
    bytes[5] += 3;
    return new Batch(plan, { [name]: new Tensor(name, dtype, shape, bytes) }, [], "webgpu", OFF);
  };
  return { executor: "webgpu", run } as Engine;
}

Deno.test("assertVerified takes what was compared and does not differ", async () => {
  assertVerified({ ...noDifference(), elements: 4 });
  assertThrows(() => assertVerified(noDifference()), AssertionError, "nothing was compared");
  await using engine = await Engine.open({ executor: "reference" });
  assertVerified(await engine.run(recipe, [picture], { verify: true }));
  const batch = await engine.run(recipe, [picture]);
  assertThrows(() => assertVerified(batch, "a call"), AssertionError, "a call: the batch was not run with");
});

Deno.test("assertVerified says how many elements differ, the largest error, its index and its output", () => {
  const { message } = assertThrows(() => assertVerified(OFF, "a call"), AssertionError);
  assertEquals(
    message,
    "a call: 1 of 12 elements are not the reference's; " +
      "the largest error is 3, at [0, 1, 0, 1] of pixel_values",
  );
});

Deno.test("runVerified shows the reference's values beside those that differ", async () => {
  await using reference = await Engine.open({ executor: "reference" });
  await runVerified(reference, recipe, [picture]);
  const run = () => runVerified(wrongEngine(reference), recipe, [picture], { dtype: "u8" }, "a call");
  const { message } = await assertRejects(run, AssertionError);
  assertEquals(message.split("\n").slice(1), [
    "pixel_values [1, 3, 2, 2] u8: 1 of 12 elements differ; the largest error is 3, at [0, 1, 0, 1]",
    "row 0 is the first that differs, from [0, 1, 0, 1] on:",
    "     found 10, 7, 7, 7, 7, 7",
    "  expected 7, 7, 7, 7, 7, 7",
  ]);
});
