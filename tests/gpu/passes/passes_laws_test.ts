import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Size } from "../../../src/plan/geometry.ts";
import { uprightSize } from "../../../src/plan/stored_picture.ts";
import { FILTERS } from "../../../src/plan/tables/filters.ts";
import { FILTERS_OF } from "../../../src/plan/tables/resampler.ts";
import type { Placement } from "../../../src/plan/view.ts";
import { claimLimits } from "../../support/gpu/claim_limits.ts";
import {
  assertSame,
  CHW,
  DTYPES,
  HWC,
  onExecutor,
  picture,
  planOf,
  whole,
} from "../../support/gpu/one_canvas.ts";

const side = fc.integer({ min: 1, max: 70 });

/** A part of a length, 0 to 1. */
const part = fc.double({ min: 0, max: 1, noNaN: true });

/** A stored picture. */
const stored = fc.record({ width: side, height: side, orientation: fc.integer({ min: 1, max: 8 }) });

/** A content, how it is resampled, and its place on a canvas; it may lie beside the canvas. */
const laid = fc.record({
  content: fc.record({ width: fc.integer({ min: 1, max: 280 }), height: side }),
  offset: fc.record({ x: fc.integer({ min: -20, max: 80 }), y: fc.integer({ min: -20, max: 40 }) }),
  filter: fc.constantFrom(...FILTERS),
  order: fc.constantFrom("horizontal-first" as const, "vertical-first" as const),
});

const canvas = fc.record({ width: fc.integer({ min: 1, max: 300 }), height: side });
const fill = fc.constantFrom([255, 255, 255] as const, [3, 60, 201] as const, { value: 0 }, {
  value: [7, 200.5, 0.25] as const,
});
const pattern = fc.constantFrom(CHW, HWC, "c h w -> (h w) c", "c h w -> 1 w c h");
const dtype = fc.constantFrom(...DTYPES);

/** Returns the range from one part of a length to another, which is no shorter than an eighth of a pixel. */
function rangeOf(a: number, b: number, length: number): [number, number] {
  const [low, high] = [Math.min(a, b) * length, Math.max(a, b) * length];
  return high - low < 0.125 ? [0, length] : [low, high];
}

/** Returns the whole pixels that a range touches. */
function pixelsOf(a: number, b: number, length: number): [number, number] {
  const low = Math.min(length - 1, Math.floor(Math.min(a, b) * length));
  return [low, Math.max(low + 1, Math.ceil(Math.max(a, b) * length))];
}

/** Returns a mark over the top left sixth of a canvas. */
function markOn({ width, height }: Size) {
  const box = { left: 0, top: 0, right: Math.ceil(width / 2), bottom: Math.ceil(height / 3) };
  return { box, color: [1, 2, 3] as const };
}

onExecutor("GpuExecutor gives the reference's bits of any crop on any canvas (law)", async (executor) => {
  const cropped = fc.record({ from: fc.tuple(part, part), to: fc.tuple(part, part) });
  const drawn = fc.record({ stored, cropped, laid, canvas, fill, pattern, dtype, marked: fc.boolean() });
  const property = fc.asyncProperty(drawn, async ({ stored, cropped, laid, canvas, ...rest }) => {
    const source = picture(stored.width, stored.height, stored.orientation);
    const { width, height } = uprightSize(source, stored.orientation), { from, to } = cropped;
    const [left, right] = rangeOf(from[0], to[0], width), [top, bottom] = rangeOf(from[1], to[1], height);
    const placement = { source: { picture: 0 }, crop: { left, top, right, bottom }, ...laid };
    const marks = rest.marked ? [markOn(canvas)] : [];
    const view = { canvas, fill: rest.fill, placements: [placement], marks };
    const plan = planOf(source, view, rest.pattern, rest.dtype);
    await assertSame(executor, plan, source, `${rest.pattern} ${JSON.stringify(placement)}`);
  });
  await fc.assert(property, { numRuns: 150 });
});

onExecutor("GpuExecutor gives the reference's bits where it sums floats (law)", async (executor) => {
  const filter = fc.constantFrom(...FILTERS_OF["torch-cuda"]), cut = fc.tuple(part, part, part, part);
  const drawn = fc.record({ stored, cut, laid, filter, canvas, fill, pattern });
  const property = fc.asyncProperty(drawn, async ({ stored, cut, laid, filter, canvas, fill, pattern }) => {
    const source = picture(stored.width, stored.height, stored.orientation);
    const { width, height } = uprightSize(source, stored.orientation);
    const [left, right] = pixelsOf(cut[0], cut[1], width), [top, bottom] = pixelsOf(cut[2], cut[3], height);
    const crop = { left, top, right, bottom }, torch = { filter, resampler: "torch-cuda" as const };
    const placement: Placement = { source: { picture: 0 }, crop, cut: crop, ...laid, ...torch };
    const plan = planOf(source, { canvas, fill, placements: [placement], marks: [] }, pattern);
    await assertSame(executor, plan, source, `${pattern} ${JSON.stringify(placement)}`);
  });
  await fc.assert(property, { numRuns: 80 });
});

onExecutor("GpuExecutor draws placements over one another in their order (law)", async (executor) => {
  const drawn = fc.record({
    size: fc.record({ width: side, height: side }),
    laid: fc.tuple(laid, laid),
    canvas,
    pattern,
    dtype,
  });
  const property = fc.asyncProperty(drawn, async ({ size, laid, canvas, pattern, dtype }) => {
    const source = picture(size.width, size.height), fill = [7, 8, 9] as const;
    const placements = laid.map((own) => ({ source: { picture: 0 }, crop: whole(source), ...own }));
    const plan = planOf(source, { canvas, fill, placements, marks: [] }, pattern, dtype);
    await assertSame(executor, plan, source, `${pattern} ${JSON.stringify(placements)}`);
  });
  await fc.assert(property, { numRuns: 120 });
});

onExecutor("GpuExecutor gives the same by bindings that hold little (law)", async (executor) => {
  const smaller = { maxStorageBufferBindingSize: 0 };
  const restore = claimLimits(executor.context.device, smaller);
  const drawn = fc.record({
    binding: fc.constantFrom(1024, 2048, 4096),
    tile: fc.constantFrom([4, 6], [7, 3], [8, 5], [14, 4]),
    across: fc.integer({ min: 1, max: 4 }),
    // No smaller than the source, so that taps are few.
    content: fc.record({ width: fc.integer({ min: 28, max: 47 }), height: fc.integer({ min: 16, max: 27 }) }),
    offset: fc.record({ x: fc.integer({ min: -5, max: 5 }), y: fc.integer({ min: -4, max: 4 }) }),
    width: fc.integer({ min: 20, max: 28 }),
    laid,
    fill,
    dtype,
  });
  let done = 0;
  const property = fc.asyncProperty(
    drawn,
    async ({ binding, tile: [q, p], across, width, fill, dtype, ...rest }) => {
      smaller.maxStorageBufferBindingSize = binding;
      const source = picture(width, 16), { laid, content, offset } = rest;
      const placement = { source: { picture: 0 }, crop: whole(source), ...laid, content, offset };
      const view = { canvas: { width: q * across, height: p * 3 }, fill, placements: [placement], marks: [] };
      const plan = planOf(source, view, "c (h p) (w q) -> (h w) c p q", dtype, { p, q });
      await assertSame(executor, plan, source, `${binding} bytes a binding: ${JSON.stringify(view)}`);
      done++;
    },
  );
  await fc.assert(property, { numRuns: 60 });
  assertEquals(done, 60);
  restore();
});
