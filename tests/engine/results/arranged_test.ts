import { assert, assertEquals, assertRejects } from "@std/assert";
import { Engine } from "../../../src/engine/engine.ts";
import { VitrailError } from "../../../src/errors.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { rowsOf } from "../../support/compare/rows_of.ts";
import { runVerified } from "../../support/compare/assert_verified.ts";
import { assertSameBytes } from "../../support/compare/assert_same.ts";
import { onDevice, onEngines } from "../../support/executors.ts";
import { synthetic } from "../../support/pictures/synthetic.ts";

/** MiniCPM-V's patches of 14, side by side in one tensor; slices of 112 keep the pictures small. */
const recipe = recipeFromConfig({ image_processor_type: "MiniCPMV4_6ImageProcessor", scale_resolution: 112 });

const noise = (w: number, h: number, seed: number) => {
  return { width: w, height: h, data: synthetic({ kind: "noise", w, h, seed }) };
};
const A = noise(200, 120, 3), B = noise(90, 150, 4), C = noise(50, 60, 5);

/** The rows of pictures that were run one by one, joined along the last axis: `[1, 3, 14, columns]`. */
async function joinedAlone(engine: Engine, pictures: (typeof A)[]): Promise<Float32Array> {
  const rows: Float32Array[] = [];
  for (const picture of pictures) {
    rows.push(await rowsOf(await engine.run(recipe, [picture]), "pixel_values") as Float32Array);
  }
  const patch = 3 * 14 * 14,
    patches = rows.flatMap((own) =>
      Array.from({ length: own.length / patch }, (_, i) => own.subarray(i * patch, (i + 1) * patch))
    );
  const columns = patches.length * 14, joined = new Float32Array(42 * columns);
  for (let line = 0; line < 42; line++) {
    for (const [i, own] of patches.entries()) {
      joined.set(own.subarray(line * 14, line * 14 + 14), line * columns + i * 14);
    }
  }
  return joined;
}

onEngines("Engine.run joins rows along another axis than the first, on every path", async (engine) => {
  const expected = await joinedAlone(engine, [A, B, C]);
  const columns = expected.length / 42, shape = [1, 3, 14, columns];
  const batch = await runVerified(engine, recipe, [A, B, C], {}, "three pictures");
  assertEquals(batch.pixelValues.shape, shape);
  assertEquals(batch.plan.outputs.pixel_values.shape, [columns / 14, 3, 14, 14]);
  assertSameBytes(await batch.pixelValues.data(), expected, { label: "one call", shape });
  batch.dispose();
  for await (const own of engine.stream(recipe, [[[A], [B, C]]])) {
    assertSameBytes(await own.pixelValues.data() as Float32Array, expected, { label: "streamed", shape });
  }
});

onDevice("Engine.run joins rows along another axis on the device", async (device) => {
  await using engine = await Engine.open({ device });
  const expected = await joinedAlone(engine, [A, B, C]), columns = expected.length / 42;
  for (const dtype of ["f32", "bf16", "f16"] as const) {
    const cpu = await engine.run(recipe, [A, B, C], { dtype });
    const batch = await engine.run(recipe, [A, B, C], { dtype, to: "device" }), { pixelValues } = batch;
    assertEquals(pixelValues.shape, [1, 3, 14, columns]);
    assert(pixelValues.buffer.size >= expected.length * (dtype === "f32" ? 4 : 2));
    const label = `${dtype} on the device`;
    assertSameBytes(await pixelValues.bytes(), await cpu.pixelValues.bytes(), { label });
    if (dtype === "f32") assertSameBytes(await pixelValues.data() as Float32Array, expected, { label });
    batch.dispose();
  }
  const error = await assertRejects(
    () => engine.run(recipe, [A], { dtype: "u8", to: "device" }),
    VitrailError,
    "lines of 14 elements are no whole words of 4 bytes",
  );
  assertEquals(error.code, "limit");
});
