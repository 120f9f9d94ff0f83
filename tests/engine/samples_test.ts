import { assertEquals, assertRejects } from "@std/assert";
import type { Call } from "../../src/engine/call.ts";
import { VitrailError } from "../../src/errors.ts";
import type { Dtype } from "../../src/plan/dtype.ts";
import type { PlannedImage } from "../../src/plan/plan.ts";
import { ixc24khd, ixc25Image, ixc25Video } from "../../src/recipes/tiled/ixc.ts";
import type { Recipe } from "../../src/recipes/recipe.ts";
import { recipeFromConfig } from "../../src/recipes/config.ts";
import { assertSameBytes } from "../support/compare/assert_same.ts";
import { runVerified } from "../support/compare/assert_verified.ts";
import { joined, onEngines, onOneEngine } from "../support/executors.ts";
import { synthetic } from "../support/pictures/synthetic.ts";

function picture(width: number, height: number, seed: number) {
  return { width, height, data: synthetic({ kind: "noise", w: width, h: height, seed }) };
}

const A = picture(320, 150, 1), B = picture(120, 200, 2), C = picture(90, 90, 3);

/** Recipes by name, and the type that they are run in: bytes where a canvas has many tiles. */
const RECIPES: [name: string, recipe: Recipe, dtype: Dtype][] = [
  ["ixc24khd", ixc24khd({ hdNum: 4 }), "f32"],
  ["ixc24khd with uniform", ixc24khd({ hdNum: 4, uniform: "largest" }), "f32"],
  ["ixc25Image", ixc25Image({ hdNum: 8, hdNumSeveral: 2 }), "f32"],
  ["ixc25Video", ixc25Video(), "u8"],
  ["Qwen2-VL", recipeFromConfig({ image_processor_type: "Qwen2VLImageProcessor" }), "f32"],
  ["CLIP", recipeFromConfig({ image_processor_type: "CLIPImageProcessor" }), "f32"],
];

/** Returns a picture's place in a call where other samples' rows lie before those of its own. */
function placeOf({ rows, grid, tokens, toCanvas }: PlannedImage, rowsBefore = 0) {
  return { rows: rows.map((row) => row + rowsBefore), grid, tokens, toCanvas: [...toCanvas] };
}

for (const [name, recipe, dtype] of RECIPES) {
  onOneEngine(`Engine.run takes samples as calls of their own: ${name}`, async (engine) => {
    const calls: Call[] = [[A], [B, C], [C]];
    const batch = await runVerified(engine, recipe, calls as Call, { dtype }), { shape } = batch.pixelValues;
    const alone = await Promise.all(calls.map((call) => engine.run(recipe, call, { dtype })));
    const parts = await Promise.all(alone.map(({ pixelValues }) => pixelValues.bytes()));
    assertSameBytes(await batch.pixelValues.bytes(), joined(parts), { dtype, shape });
    assertEquals(batch.plan.samples, [1, 2, 1]);
    let rowsBefore = 0;
    const places = alone.flatMap(({ images, pixelValues }) => {
      const own = images.map((image) => placeOf(image, rowsBefore));
      rowsBefore += pixelValues.shape[0];
      return own;
    });
    assertEquals(batch.images.map((image) => placeOf(image)), places);
    for (const [name, tensor] of Object.entries(batch.outputs)) {
      const rows = alone.reduce((sum, own) => sum + own.outputs[name].shape[0], 0);
      assertEquals(tensor.shape, [rows, ...alone[0].outputs[name].shape.slice(1)], name);
    }
  });
}

onEngines("Engine.stream takes pictures, calls and calls of several samples", async (engine) => {
  const recipe = ixc25Image({ hdNum: 6, hdNumSeveral: 2 });
  const calls = [A, [A], [A, B], [[A], [A, B]]];
  const found: [string[], number[]][] = [];
  for await (const { names, plan } of engine.stream(recipe, calls)) {
    found.push([[...names], plan.images.map(({ rows: [from, to] }) => to - from)]);
  }
  const one = found[0][1][0];
  assertEquals(found.map(([, rows]) => rows), [[one], [one], found[2][1], [one, ...found[2][1]]]);
  assertEquals(found[3][0], ["picture 1", "picture 2", "picture 3"]);
});

onEngines("Engine.run refuses calls of neither pictures nor samples, and empty ones", async (engine) => {
  const refused = async (call: unknown, text: string) => {
    const error = await assertRejects(() => engine.run(ixc24khd(), call as Call), VitrailError, text);
    assertEquals(error.code, "usage");
  };
  await refused([A, [B]], "found 1 lists among 2 items");
  await refused([[], []], "at least one picture");
  await refused([], "at least one picture");
  await refused([[[A]]], "picture 1 is");
});
