import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { uprightSize } from "../../../src/plan/stored_picture.ts";
import { BLACK } from "../../../src/plan/tables/values.ts";
import { claimLimits } from "../../support/gpu/claim_limits.ts";
import { assertSame, CHW, HWC, onExecutor, picture, planOf } from "../../support/gpu/one_canvas.ts";

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
  binding: fc.constantFrom(2 ** 17, 2 ** 27),
});

onExecutor(
  "float_store.wgsl gives the reference's bits of canvases of floats (law)",
  async (executor) => {
    const smaller = { maxStorageBufferBindingSize: 0 };
    const restore = claimLimits(executor.context.device, smaller);
    let done = 0;
    const property = fc.asyncProperty(drawn, async (drawn) => {
      const { width, height, orientation, canvas, pattern, dtype, binding, ...resampling } = drawn;
      smaller.maxStorageBufferBindingSize = binding;
      const stored = picture(width, height, orientation), upright = uprightSize(stored, orientation);
      const placement = {
        source: { picture: 0 },
        crop: { left: 0, top: 0, right: upright.width, bottom: upright.height },
        order: "horizontal-first" as const,
        ...resampling,
      };
      const view = { canvas, fill: BLACK, placements: [placement], marks: [], floats: true as const };
      await assertSame(executor, planOf(stored, view, pattern, dtype), stored, JSON.stringify(drawn));
      done++;
    });
    await fc.assert(property, { numRuns: 60 });
    assertEquals(done, 60);
    restore();
  },
);
