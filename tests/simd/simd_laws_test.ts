import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { uprightSize } from "../../src/plan/stored_picture.ts";
import { FILTERS } from "../../src/plan/tables/filters.ts";
import { FILTERS_OF, RESAMPLERS } from "../../src/plan/tables/resampler.ts";
import { referenceRows } from "../../src/reference/reference_rows.ts";
import { SimdExecutor } from "../../src/simd/simd_executor.ts";
import { CHW, DTYPES, HWC, picture, planOf } from "../support/gpu/one_canvas.ts";

const side = fc.integer({ min: 1, max: 70 }), part = fc.double({ min: 0, max: 1, noNaN: true });

const drawn = fc.record({
  width: side,
  height: side,
  channels: fc.constantFrom(3, 4),
  orientation: fc.integer({ min: 1, max: 8 }),
  canvas: fc.record({ width: fc.integer({ min: 1, max: 300 }), height: side }),
  content: fc.record({ width: fc.integer({ min: 1, max: 280 }), height: side }),
  offset: fc.record({ x: fc.integer({ min: -20, max: 80 }), y: fc.integer({ min: -20, max: 40 }) }),
  filter: fc.constantFrom(...FILTERS),
  resampler: fc.constantFrom(...RESAMPLERS),
  order: fc.constantFrom("horizontal-first" as const, "vertical-first" as const),
  fill: fc.constantFrom([255, 255, 255] as const, [3, 60, 201] as const, { value: 0 }, {
    value: [7, 200.5, 0.25] as const,
  }),
  pattern: fc.constantFrom(CHW, HWC, "c h w -> (h w) c", "c h w -> 1 w c h"),
  dtype: fc.constantFrom(...DTYPES),
  from: fc.tuple(part, part),
  to: fc.tuple(part, part),
  marked: fc.boolean(),
});

/** A range from one part of `length` to another, at least an eighth of a pixel. */
function rangeOf(a: number, b: number, length: number): [number, number] {
  const [low, high] = [Math.min(a, b) * length, Math.max(a, b) * length];
  return high - low < 0.125 ? [0, length] : [low, high];
}

/** Pixels of three bytes, of four. */
function withoutAlpha(data: Uint8Array): Uint8Array {
  return data.filter((_, i) => i % 4 !== 3);
}

Deno.test("SimdExecutor makes any crop on any canvas as the reference does, every bit", () => {
  const simd = new SimdExecutor();
  fc.assert(
    fc.property(
      drawn,
      ({ width, height, channels, orientation, from, to, marked, resampler, filter, ...view }) => {
        const stored = picture(width, height, orientation), upright = uprightSize(stored, orientation);
        const [left, right] = rangeOf(from[0], to[0], upright.width);
        const [top, bottom] = rangeOf(from[1], to[1], upright.height);
        const { canvas, fill, pattern, dtype, ...rest } = view;
        const resampling = {
          resampler,
          filter: FILTERS_OF[resampler].includes(filter) ? filter : "bilinear" as const,
        };
        const placement = {
          source: { picture: 0 },
          crop: { left, top, right, bottom },
          ...rest,
          ...resampling,
        };
        const box = {
          left: 0,
          top: 0,
          right: Math.ceil(canvas.width / 2),
          bottom: Math.ceil(canvas.height / 3),
        };
        const marks = marked ? [{ box, color: [1, 2, 3] as const }] : [];
        const plan = planOf(stored, { canvas, fill, placements: [placement], marks }, pattern, dtype);
        const given = channels === 4 ? stored : { ...stored, data: withoutAlpha(stored.data) };
        const rows = simd.run(plan, { from: 0, to: 1 }, new Map([[0, given]]));
        const made = new Uint8Array(rows[0].bytes).fill(99);
        simd.read(rows, () => made);
        simd.release(rows);
        const [expected] = referenceRows(plan, 0, new Map([[0, stored]]));
        assertEquals(
          made,
          expected.data,
          JSON.stringify({ channels, orientation, dtype, pattern, placement }),
        );
      },
    ),
    { numRuns: 400 },
  );
});
