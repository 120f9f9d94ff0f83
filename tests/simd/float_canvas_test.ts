import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { uprightSize } from "../../src/plan/stored_picture.ts";
import { BLACK } from "../../src/plan/tables/values.ts";
import { referenceRows } from "../../src/reference/reference_rows.ts";
import { SimdExecutor } from "../../src/simd/simd_executor.ts";
import { CHW, HWC, picture, planOf } from "../support/gpu/one_canvas.ts";

const side = fc.integer({ min: 1, max: 90 });

const drawn = fc.record({
  width: side,
  height: side,
  orientation: fc.integer({ min: 1, max: 8 }),
  canvas: fc.record({ width: side, height: side }),
  content: fc.record({ width: side, height: side }),
  offset: fc.record({ x: fc.integer({ min: -20, max: 20 }), y: fc.integer({ min: -20, max: 20 }) }),
  filter: fc.constantFrom("bilinear" as const, "bicubic" as const),
  resampler: fc.constantFrom("torch-cpu" as const, "torch-cuda" as const),
  pattern: fc.constantFrom(CHW, HWC, "c h w -> (h w) c"),
  dtype: fc.constantFrom("f32" as const, "f16" as const, "bf16" as const),
});

Deno.test("SimdExecutor makes canvases of floats as the reference does, every bit", () => {
  const simd = new SimdExecutor();
  fc.assert(
    fc.property(drawn, ({ width, height, orientation, canvas, pattern, dtype, ...resampling }) => {
      const stored = picture(width, height, orientation), upright = uprightSize(stored, orientation);
      const placement = {
        source: { picture: 0 },
        crop: { left: 0, top: 0, right: upright.width, bottom: upright.height },
        order: "horizontal-first" as const,
        ...resampling,
      };
      const view = { canvas, fill: BLACK, placements: [placement], marks: [], floats: true as const };
      const plan = planOf(stored, view, pattern, dtype), pictures = new Map([[0, stored]]);
      const rows = simd.run(plan, { from: 0, to: 1 }, pictures);
      const made = new Uint8Array(rows[0].bytes).fill(99);
      simd.read(rows, () => made);
      simd.release(rows);
      const [expected] = referenceRows(plan, 0, pictures);
      assertEquals(made, expected.data, JSON.stringify({ orientation, dtype, pattern, canvas, placement }));
    }),
    { numRuns: 200 },
  );
});
