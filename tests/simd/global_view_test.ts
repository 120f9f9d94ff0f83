import fc from "fast-check";
import { Composer } from "../../src/plan/composer.ts";
import { PIXELS } from "../../src/plan/plan.ts";
import { CLIP_MEAN, CLIP_STD, torchvisionValues } from "../../src/plan/tables/values.ts";
import { referenceRows } from "../../src/reference/reference_rows.ts";
import { SimdExecutor } from "../../src/simd/simd_executor.ts";
import { assertSameBytes } from "../support/compare/assert_same.ts";
import { syntheticPicture } from "../support/pictures/synthetic.ts";

const drawn = fc.record({
  side: fc.integer({ min: 1, max: 9 }),
  across: fc.integer({ min: 1, max: 5 }),
  down: fc.integer({ min: 1, max: 5 }),
  fused: fc.boolean(),
  dtype: fc.constantFrom("f32" as const, "f16" as const, "bf16" as const),
  seed: fc.integer({ min: 1, max: 1000 }),
});

Deno.test("SimdExecutor makes global views as the reference does, fused or not, every bit (law)", () => {
  const simd = new SimdExecutor();
  fc.assert(
    fc.property(drawn, ({ side, across, down, fused, dtype, seed }) => {
      const canvas = { width: side * across, height: side * down }, tile = { width: side, height: side };
      const picture = syntheticPicture({ kind: "noise", w: canvas.width, h: canvas.height, seed });
      const composer = new Composer([canvas], [1], dtype, false);
      const target = composer.target(PIXELS, tile, "c p q -> 1 c p q");
      composer.global({ view: 1, canvas: tile, target, ...(fused ? { fused } : {}) });
      const main = composer.canvas({
        canvas,
        fill: [0, 0, 0],
        placements: [{
          source: { picture: 0 },
          crop: { left: 0, top: 0, right: canvas.width, bottom: canvas.height },
          content: canvas,
          offset: { x: 0, y: 0 },
          filter: "bilinear",
          order: "horizontal-first",
        }],
        target: composer.target(PIXELS, canvas, "c (h p) (w q) -> (h w) c p q", { p: side, q: side }),
      });
      composer.image({ size: canvas, main, grid: [down, across] });
      const recipe = {
        kind: "processor" as const,
        name: "one global view",
        parameters: {},
        values: torchvisionValues(CLIP_MEAN, CLIP_STD),
        *compose() {},
      };
      const plan = composer.finish(recipe), pictures = new Map([[0, picture]]);
      const rows = simd.run(plan, { from: 0, to: 1 }, pictures), made = new Uint8Array(rows[0].bytes);
      simd.read(rows, () => made);
      simd.release(rows);
      const [expected] = referenceRows(plan, 0, pictures);
      assertSameBytes(made, expected.data, { label: JSON.stringify({ side, across, down, fused, dtype }) });
    }),
    { numRuns: 200 },
  );
});
