import { uprightSize } from "../../../src/plan/stored_picture.ts";
import { FILTERS } from "../../../src/plan/tables/filters.ts";
import { TORCH_FILTERS } from "../../../src/plan/tables/resampler.ts";
import { claimLimits } from "../../support/gpu/claim_limits.ts";
import {
  assertSame,
  CHW,
  compared,
  DTYPES,
  HWC,
  onExecutor,
  picture,
  planOf,
  whole,
} from "../../support/gpu/one_canvas.ts";
import { TORCH_SHARE } from "../../tolerance.ts";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";

const side = fc.integer({ min: 1, max: 70 }), part = fc.double({ min: 0, max: 1, noNaN: true });

const placed = fc.record({
  width: side,
  height: side,
  orientation: fc.integer({ min: 1, max: 8 }),
  canvas: fc.record({ width: fc.integer({ min: 1, max: 300 }), height: side }),
  content: fc.record({ width: fc.integer({ min: 1, max: 280 }), height: side }),
  offset: fc.record({ x: fc.integer({ min: -20, max: 80 }), y: fc.integer({ min: -20, max: 40 }) }),
  filter: fc.constantFrom(...FILTERS),
  order: fc.constantFrom("horizontal-first" as const, "vertical-first" as const),
  fill: fc.constantFrom([255, 255, 255] as const, [3, 60, 201] as const, { value: 0 }, { value: 7 }),
  pattern: fc.constantFrom(CHW, HWC, "c h w -> (h w) c", "c h w -> 1 w c h"),
  dtype: fc.constantFrom(...DTYPES),
  from: fc.tuple(part, part),
  to: fc.tuple(part, part),
  marked: fc.boolean(),
});

/** The range from one part of `length` to another, an eighth of a pixel at least. */
function rangeOf(a: number, b: number, length: number): [number, number] {
  const [low, high] = [Math.min(a, b) * length, Math.max(a, b) * length];
  return high - low < 0.125 ? [0, length] : [low, high];
}

onExecutor("GpuExecutor gives the reference's bits of any crop on any canvas (law)", async (executor) => {
  const property = fc.asyncProperty(
    placed,
    async ({ width, height, orientation, from, to, marked, ...view }) => {
      const source = picture(width, height, orientation), upright = uprightSize(source, orientation);
      const [left, right] = rangeOf(from[0], to[0], upright.width);
      const [top, bottom] = rangeOf(from[1], to[1], upright.height);
      const { canvas, fill, pattern, dtype, ...rest } = view;
      const placement = { source: { picture: 0 }, crop: { left, top, right, bottom }, ...rest };
      const box = {
        left: 0,
        top: 0,
        right: Math.ceil(canvas.width / 2),
        bottom: Math.ceil(canvas.height / 3),
      };
      const marks = marked ? [{ box, color: [1, 2, 3] as const }] : [];
      const plan = planOf(source, { canvas, fill, placements: [placement], marks }, pattern, dtype);
      await assertSame(executor, plan, source, `${dtype} ${pattern} ${JSON.stringify(placement)}`);
    },
  );
  await fc.assert(property, { numRuns: 150 });
});

onExecutor("GpuExecutor is within a level of the reference's floats (law)", async (executor) => {
  const floats = fc.record({
    placed,
    filter: fc.constantFrom(...TORCH_FILTERS),
    cut: fc.tuple(part, part, part, part),
  });
  let elements = 0, inexact = 0;
  const property = fc.asyncProperty(floats, async ({ placed, filter, cut: [a, b, c, d] }) => {
    const source = picture(placed.width, placed.height, placed.orientation);
    const upright = uprightSize(source, placed.orientation);
    const whole = (from: number, to: number, length: number) => {
      const low = Math.min(length - 1, Math.floor(Math.min(from, to) * length));
      return [low, Math.max(low + 1, Math.ceil(Math.max(from, to) * length))];
    };
    const [left, right] = whole(a, b, upright.width), [top, bottom] = whole(c, d, upright.height);
    const cut = { left, top, right, bottom }, resampler = "torch" as const;
    const { canvas, fill, pattern, content, offset, order } = placed;
    const placements = [{
      source: { picture: 0 },
      crop: cut,
      cut,
      content,
      offset,
      order,
      filter,
      resampler,
    }];
    const plan = planOf(source, { canvas, fill, placements, marks: [] }, pattern);
    const found = await compared(executor, plan, source);
    assertEquals(found.mismatches, 0, JSON.stringify(found));
    elements += found.elements;
    inexact += found.inexact;
  });
  await fc.assert(property, { numRuns: 150 });
  assert(elements > 0 && inexact <= elements * TORCH_SHARE, `${inexact} of ${elements} differ`);
});

onExecutor("GpuExecutor draws placements over one another in their order (law)", async (executor) => {
  const two = fc.tuple(placed, placed);
  const property = fc.asyncProperty(two, async ([a, b]) => {
    const source = picture(a.width, a.height), fill = [7, 8, 9] as const;
    const crop = { left: 0, top: 0, right: a.width, bottom: a.height };
    const placements = [a, b].map(({ content, offset, filter, order }) => (
      { source: { picture: 0 }, crop, content, offset, filter, order }
    ));
    const plan = planOf(source, { canvas: a.canvas, fill, placements, marks: [] }, a.pattern, a.dtype);
    await assertSame(executor, plan, source, `${a.dtype} ${a.pattern} ${JSON.stringify(placements)}`);
  });
  await fc.assert(property, { numRuns: 120 });
});

onExecutor("GpuExecutor gives the same by bindings that hold little (law)", async (executor) => {
  const smaller = { maxStorageBufferBindingSize: 0 };
  const restore = claimLimits(executor.context.device, smaller);
  const cut = fc.record({
    placed,
    binding: fc.constantFrom(1024, 2048, 4096),
    tile: fc.constantFrom([4, 6], [7, 3], [8, 5], [14, 4]),
    across: fc.integer({ min: 1, max: 4 }),
  });
  let done = 0;
  const property = fc.asyncProperty(cut, async ({ placed, tile: [q, p], across, ...drawn }) => {
    smaller.maxStorageBufferBindingSize = drawn.binding;
    const source = picture(20 + placed.width % 9, 16),
      { content, offset, filter, order, fill, dtype } = placed;
    const placement = { source: { picture: 0 }, crop: whole(source), filter, order };
    const size = { width: 28 + content.width % 20, height: 16 + content.height % 12 }; // larger: few taps
    const placements = [{ ...placement, content: size, offset: { x: offset.x % 6, y: offset.y % 5 } }];
    const view = { canvas: { width: q * across, height: p * 3 }, fill, placements, marks: [] };
    const plan = planOf(source, view, "c (h p) (w q) -> (h w) c p q", dtype, { p, q });
    await assertSame(executor, plan, source, `${dtype} ${drawn.binding} ${JSON.stringify(view)}`);
    done++;
  });
  await fc.assert(property, { numRuns: 60 });
  assertEquals(done, 60);
  restore();
});
