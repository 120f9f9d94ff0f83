import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { requireShapes } from "../../src/engine/verify/planned_shapes.ts";
import { viewShapes } from "../../src/engine/verify/view_shapes.ts";
import { VitrailError } from "../../src/errors.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { planSample } from "../../src/recipes/plan_sample.ts";
import { ixc24khd, ixc25Image, ixc25Video } from "../../src/recipes/tiled/ixc.ts";
import { referenceRows } from "../../src/reference/reference_rows.ts";
import { syntheticPicture } from "../support/pictures/synthetic.ts";

const sizes = [{ width: 64, height: 48 }, { width: 30, height: 90 }];

/** Rows as an executor makes them that does what the plan's outputs say, right or wrong. */
function obedient({ outputs }: Plan) {
  return Object.entries(outputs).map(([output, { shape }]) => ({ output, row: 0, shape }));
}

function assertCaught(plan: Plan, message: string): void {
  const error = assertThrows(() => requireShapes(plan, obedient(plan)), VitrailError);
  assertEquals([error.code, error.message], ["shape", message]);
}

Deno.test("viewShapes gives the shapes of a plan's outputs, of its views alone (law)", () => {
  const side = fc.integer({ min: 40, max: 2000 });
  const size = fc.record({ width: side, height: side });
  const recipes = [
    ixc24khd(),
    ixc25Image(),
    ixc25Video(),
    ixc24khd({ uniform: "largest", layout: "c h w -> 1 h w c" }),
  ];
  const dtype = fc.constantFrom("f32" as const, "u8" as const);
  fc.assert(
    fc.property(fc.array(size, { minLength: 1, maxLength: 4 }), dtype, (pictures, dtype) => {
      for (const recipe of recipes) {
        const plan = planSample(recipe, pictures, dtype);
        const planned = Object.entries(plan.outputs).map(([name, { shape }]) => [name, shape]);
        assertEquals(viewShapes(plan.views), Object.fromEntries(planned));
        requireShapes(plan, obedient(plan));
      }
    }),
    { numRuns: 40 },
  );
});

Deno.test("requireShapes catches a plan whose outputs are wrong, though the executor does as it says", () => {
  const plan = planSample(ixc24khd({ hdNum: 4 }), sizes);
  const { shape } = plan.outputs.pixel_values;
  assertEquals(shape, [9, 3, 336, 336]);
  requireShapes(plan, obedient(plan));
  for (
    const wrong of [[8, 3, 336, 336], [10, 3, 336, 336], [9, 336, 336, 3], [9, 3, 336], [3, 9, 336, 336]]
  ) {
    const outputs = { pixel_values: { dtype: "f32" as const, shape: wrong } };
    assertCaught(
      { ...plan, outputs },
      `pixel_values: the plan says [${wrong}], and its views fill [${shape}]`,
    );
  }
  const more = { ...plan.outputs, other: plan.outputs.pixel_values };
  assertCaught({ ...plan, outputs: more }, `other: the plan says [${shape}], and its views fill [nothing]`);
  const as = [1, 9, 3, 336, 335];
  const returned = { pixel_values: { ...plan.outputs.pixel_values, as } };
  assertThrows(() => requireShapes({ ...plan, outputs: returned }, obedient(plan)), VitrailError, "335");
});

Deno.test("requireShapes catches a plan whose views leave rows out, or differ", () => {
  const plan = planSample(ixc24khd({ hdNum: 4 }), sizes);
  const without = plan.views.filter((_, index) => index !== 1);
  assertCaught({ ...plan, views: without }, "pixel_values: no view fills rows 1 to 5");
  const views = structuredClone(plan.views);
  views[1].target!.row++;
  assertCaught({ ...plan, views }, "pixel_values: no view fills rows 1 to 2");
  const channelsLast = structuredClone(plan.views);
  Object.assign(channelsLast[0].target!, { pattern: "c p q -> 1 p q c" });
  assertCaught(
    { ...plan, views: channelsLast },
    "pixel_values: one view's rows are [3,336,336], another's [336,336,3]",
  );
});

Deno.test("requireShapes catches rows that an executor leaves out, doubles or shapes otherwise", () => {
  const plan = planSample(ixc24khd({ hdNum: 1 }), [{ width: 9, height: 8 }]);
  const pictures = new Map([[0, syntheticPicture({ kind: "noise", w: 9, h: 8, seed: 1 })]]);
  const [rows] = referenceRows(plan, 0, pictures);
  assertEquals(rows.shape, [2, 3, 336, 336]);
  requireShapes(plan, [rows]);
  const part = (row: number, count: number) => ({ ...rows, row, shape: [count, 3, 336, 336] });
  requireShapes(plan, [part(1, 1), part(0, 1)]);
  const wrong = [[], [part(0, 1)], [part(1, 1)], [rows, part(1, 1)], [{ ...rows, shape: [2, 336, 336, 3] }]];
  for (const made of wrong) assertThrows(() => requireShapes(plan, made), VitrailError, "the executor made");
});
