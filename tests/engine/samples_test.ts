import { assertEquals, assertRejects } from "@std/assert";
import type { Batch } from "../../src/engine/results/batch.ts";
import type { Call } from "../../src/engine/call.ts";
import { VitrailError } from "../../src/errors.ts";
import { ixc24khd, ixc25Image, ixc25Video } from "../../src/recipes/tiled/ixc.ts";
import { recipeFromConfig } from "../../src/recipes/config.ts";
import { onEngines } from "../support/executors.ts";
import { sha256 } from "../support/golden/golden.ts";
import { synthetic } from "../support/pictures/synthetic.ts";

function picture(width: number, height: number, seed: number) {
  return { width, height, data: synthetic({ kind: "noise", w: width, h: height, seed }) };
}

const A = picture(640, 300, 1), B = picture(120, 200, 2), C = picture(90, 90, 3);

/** The rows of several batches, one after another. */
async function joined(batches: readonly Batch[]): Promise<string> {
  const parts = await Promise.all(batches.map((batch) => batch.pixelValues.bytes()));
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return sha256(all);
}

const RECIPES = [
  ixc24khd({ hdNum: 4 }),
  ixc24khd({ hdNum: 4, uniform: "largest" }),
  ixc25Image({ hdNum: 8, hdNumSeveral: 2 }),
  ixc25Video(),
  recipeFromConfig({ image_processor_type: "Qwen2VLImageProcessor" }),
  recipeFromConfig({ image_processor_type: "CLIPImageProcessor" }),
];

for (const recipe of RECIPES) {
  onEngines(`samples of a call are as calls of their own: ${recipe.name}`, async (engine) => {
    const calls: Call[] = [[A], [B, C], [C]];
    const batch = await engine.run(recipe, calls as Call, { verify: true });
    assertEquals(batch.verification!.mismatches, 0);
    const alone = await Promise.all(calls.map((call) => engine.run(recipe, call)));
    assertEquals(sha256(await batch.pixelValues.bytes()), await joined(alone));
    assertEquals(batch.plan.samples, [1, 2, 1]);
    // Each picture goes where it would in its own sample, after the rows of the samples before.
    let first = 0;
    const images = alone.flatMap((own) => {
      const before = first;
      first += own.pixelValues.shape[0];
      return own.images.map(({ rows, grid, tokens, toCanvas }) => ({
        rows: rows.map((row) => row + before),
        grid,
        tokens,
        toCanvas: [...toCanvas],
      }));
    });
    assertEquals(
      batch.images.map(({ rows, grid, tokens, toCanvas }) => ({
        rows,
        grid,
        tokens,
        toCanvas: [...toCanvas],
      })),
      images,
    );
    for (const [name, tensor] of Object.entries(batch.outputs)) {
      const rows = alone.reduce((sum, own) => sum + own.outputs[name].shape[0], 0);
      assertEquals(tensor.shape, [rows, ...alone[0].outputs[name].shape.slice(1)], name);
    }
  });
}

onEngines("a stream takes pictures, calls and calls of several samples", async (engine) => {
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

onEngines("calls that are neither pictures nor samples, and empty ones, are usage errors", async (engine) => {
  const refused = async (call: unknown, text: string) => {
    const error = await assertRejects(() => engine.run(ixc24khd(), call as Call), VitrailError, text);
    assertEquals(error.code, "usage");
  };
  await refused([A, [B]], "found 1 lists among 2 items");
  await refused([[A], []], "sample 2 of the call has no pictures");
  await refused([], "at least one picture");
  await refused([[[A]]], "picture 1 is");
});
