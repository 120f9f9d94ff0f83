import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { allowancesOf } from "../../src/engine/allowance.ts";
import { noDifference } from "../../src/engine/comparison.ts";
import { compareRows, type Verification } from "../../src/engine/verify.ts";
import { VitrailError } from "../../src/errors.ts";
import { GpuExecutor } from "../../src/gpu/executor.ts";
import { TORCH_FILTERS } from "../../src/plan/arithmetic.ts";
import { FILTERS } from "../../src/plan/filters.ts";
import { Composer } from "../../src/plan/composer.ts";
import { uprightSize } from "../../src/plan/orientation.ts";
import type { StoredPicture } from "../../src/plan/picture.ts";
import { type Dtype, PIXELS, type Plan } from "../../src/plan/plan.ts";
import type { CanvasView } from "../../src/plan/view.ts";
import { CLIP_MEAN, CLIP_STD, torchvisionValues } from "../../src/plan/values.ts";
import type { ProcessorRecipe } from "../../src/recipes/recipe.ts";
import { referenceRows } from "../../src/reference/executor.ts";
import { onDevice } from "../support/backends.ts";
import { syntheticPicture } from "../support/synthetic.ts";
import { TORCH_SHARE } from "../tolerance.ts";

type Canvas = Omit<CanvasView, "kind" | "target">;

/** A plan of one canvas over one picture, cut by `pattern`. */
function planOf(
  picture: StoredPicture,
  view: Canvas,
  pattern: string,
  dtype: Dtype = "f32",
  sizes = {},
): Plan {
  const recipe: ProcessorRecipe = {
    kind: "processor",
    name: "one canvas",
    parameters: {},
    values: torchvisionValues(CLIP_MEAN, CLIP_STD),
    compose: () => {},
  };
  const upright = uprightSize(picture, picture.orientation);
  const composer = new Composer([upright], [1], dtype, false);
  const main = composer.canvas({ ...view, target: composer.target(PIXELS, view.canvas, pattern, sizes) });
  composer.image({ size: upright, main, grid: [1, 1] });
  return composer.finish(recipe);
}

/** Runs a plan on both executors and compares every element, as `verify` does. */
async function compared(executor: GpuExecutor, plan: Plan, picture: StoredPicture): Promise<Verification> {
  const pictures = new Map([[0, picture]]);
  const rows = await executor.run(plan, 0, 1, pictures);
  const made = new Uint8Array(rows[0].bytes);
  await executor.read(rows, () => made);
  executor.release(rows);
  const [expected] = referenceRows(plan, 0, pictures);
  const found = noDifference(), allowed = allowancesOf(plan, 0);
  compareRows(
    found,
    { ...expected, bytes: made },
    expected,
    rows[0].dtype,
    (row) => allowed(expected.output, row),
  );
  return found;
}

/** Runs a plan on both executors and compares every bit. */
async function assertSame(executor: GpuExecutor, plan: Plan, picture: StoredPicture, label: string) {
  const { elements, inexact } = await compared(executor, plan, picture);
  assert(elements > 0);
  assertEquals(inexact, 0, label);
}

function onExecutor(name: string, run: (executor: GpuExecutor) => Promise<void>): void {
  onDevice(name, async (device) => {
    const executor = new GpuExecutor(device, 2 ** 28);
    await run(executor);
    executor.close();
  });
}

function picture(width: number, height: number, orientation = 1): StoredPicture {
  return {
    ...syntheticPicture({ kind: "noise", w: width, h: height, seed: width * 7 + height }),
    orientation,
  };
}

const CHW = "c h w -> 1 c h w", HWC = "c h w -> 1 h w c", ORIGIN = { x: 0, y: 0 };
const DTYPES = ["f32", "f16", "bf16", "u8"] as const;

/** A whole picture resampled to a canvas of its own. */
function resampled({ width, height }: StoredPicture, content: { width: number; height: number }): Canvas {
  const crop = { left: 0, top: 0, right: width, bottom: height };
  const placement = { source: { picture: 0 }, crop, content, offset: ORIGIN, filter: "lanczos" as const };
  const placements = [{ ...placement, order: "horizontal-first" as const }];
  return { canvas: content, fill: [9, 99, 199], placements, marks: [] };
}

onExecutor("horizontal: columns and rows on both sides of a workgroup's", async (executor) => {
  for (const width of [1, 63, 64, 65, 128, 129]) {
    for (const height of [1, 7, 8, 9, 16, 17]) { // 8 rows an invocation; the vertical pass copies
      const source = picture(37, height);
      const plan = planOf(source, resampled(source, { width, height }), CHW);
      await assertSame(executor, plan, source, `${width}x${height}`);
    }
  }
});

onExecutor("vertical: columns on both sides of a workgroup's, one tap and many", async (executor) => {
  for (const width of [1, 63, 64, 65, 255, 256, 257, 513]) { // 64 lanes, 4 columns an invocation
    for (const height of [1, 2, 40]) { // from 40 taps and more down to one
      const source = picture(width, 40);
      const plan = planOf(source, resampled(source, { width, height }), HWC);
      await assertSame(executor, plan, source, `${width}x${height}`);
    }
  }
});

onExecutor(
  "words of any elements, and runs of them, where one picture is drawn upon another",
  async (executor) => {
    const used = new Set<string>(), { pipeline } = executor.kernels;
    executor.kernels.pipeline = (name, constants) => {
      used.add(name);
      return pipeline.call(executor.kernels, name, constants);
    };
    const fours = ["verticalBy4", "verticalBy2", "verticalBy2", "vertical"]; // of DTYPES in their order
    const twos = ["verticalBy2", "vertical", "vertical", "verticalBy2 pack"];
    const none = ["vertical", "vertical pack", "vertical pack", "vertical pack"];
    const cases = [
      { width: 24, pattern: CHW, kernels: fours },
      { width: 26, pattern: CHW, kernels: twos }, // every other row begins amid four
      { width: 25, pattern: CHW, kernels: none },
      { width: 24, pattern: HWC, kernels: none }, // a pixel's three lie side by side
      { width: 24, pattern: "c h w -> 1 w c h", kernels: none }, // rows do
      { width: 24, pattern: "c h (w q) -> w c h q", q: 4, kernels: fours },
      { width: 24, pattern: "c h (w q) -> w c h q", q: 6, kernels: twos },
    ];
    for (const order of ["horizontal-first", "vertical-first"] as const) {
      for (const { width, pattern, kernels, q } of cases) {
        for (const [index, dtype] of DTYPES.entries()) {
          used.clear();
          const source = picture(31, 17), canvas = { width, height: 12 };
          const crop = { left: 0, top: 0, right: 31, bottom: 17 };
          const common = { source: { picture: 0 }, crop, filter: "bicubic" as const, order };
          const placements = [
            { ...common, content: { width: 9, height: 7 }, offset: { x: 3, y: 1 } },
            { ...common, content: { width: 6, height: 4 }, offset: { x: 7, y: 5 } },
          ];
          const marks = [{ box: { left: 9, top: 3, right: 10, bottom: 8 }, color: [200, 100, 0] as const }];
          const view = { canvas, fill: [9, 99, 199] as const, placements, marks };
          const plan = planOf(source, view, pattern, dtype, q ? { q } : {});
          const label = `${dtype} ${width} ${pattern} ${order}`;
          await assertSame(executor, plan, source, label);
          used.delete("horizontal");
          assertEquals([...used].join(" "), kernels[index], label);
        }
      }
    }
  },
);

onDevice("work that cannot be recorded leaves no error scope open, and no memory behind", async (device) => {
  const executor = new GpuExecutor(device, 2 ** 28);
  const source = picture(device.limits.maxTextureDimension2D + 1, 1);
  const plan = planOf(source, resampled(source, { width: 1, height: 1 }), CHW);
  const { createBuffer } = device;
  let made = 0;
  device.pushErrorScope("validation");
  device.createBuffer = (descriptor) => (made++, createBuffer.call(device, descriptor));
  for (let round = 0; round < 3; round++) {
    await assertRejects(
      () => executor.run(plan, 0, 1, new Map([[0, source]])),
      VitrailError,
      "a texture here holds",
    );
  }
  assertEquals(made, 1); // the rows' buffer, which each round gave back
  // A buffer for both is refused, and the innermost scope that is open hears of it.
  device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.MAP_WRITE }).destroy();
  assert(await device.popErrorScope() !== null);
  executor.close();
});

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
  fill: fc.constantFrom([255, 255, 255] as const, [3, 60, 201] as const, { value: 0 }),
  pattern: fc.constantFrom(CHW, HWC, "c h w -> (h w) c", "c h w -> 1 w c h"),
  dtype: fc.constantFrom(...DTYPES),
  from: fc.tuple(part, part),
  to: fc.tuple(part, part),
  marked: fc.boolean(),
});

/** A run from one part of `length` to another, at least an eighth of a pixel. */
function runOf(a: number, b: number, length: number): [number, number] {
  const [low, high] = [Math.min(a, b) * length, Math.max(a, b) * length];
  return high - low < 0.125 ? [0, length] : [low, high];
}

onExecutor(
  "law: any crop of any orientation on any canvas is the reference's, every bit",
  async (executor) => {
    const property = fc.asyncProperty(
      placed,
      async ({ width, height, orientation, from, to, marked, ...view }) => {
        const source = picture(width, height, orientation), upright = uprightSize(source, orientation);
        const [left, right] = runOf(from[0], to[0], upright.width);
        const [top, bottom] = runOf(from[1], to[1], upright.height);
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
  },
);

onExecutor(
  "law: in floats any cut of any orientation is the reference's within a level, and few elements differ",
  async (executor) => {
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
      const cut = { left, top, right, bottom }, arithmetic = "torch" as const;
      const { canvas, fill, pattern, content, offset, order } = placed;
      const placements = [{
        source: { picture: 0 },
        crop: cut,
        cut,
        content,
        offset,
        order,
        filter,
        arithmetic,
      }];
      const plan = planOf(source, { canvas, fill, placements, marks: [] }, pattern);
      const found = await compared(executor, plan, source);
      assertEquals(found.mismatches, 0, JSON.stringify(found));
      elements += found.elements, inexact += found.inexact;
    });
    await fc.assert(property, { numRuns: 150 });
    assert(elements > 0 && inexact <= elements * TORCH_SHARE, `${inexact} of ${elements} differ`);
  },
);

onExecutor("law: placements over one another are drawn in their order", async (executor) => {
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
