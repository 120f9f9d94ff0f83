import { assertEquals } from "@std/assert";
import { GpuExecutor } from "../../../src/gpu/gpu_executor.ts";
import { Composer } from "../../../src/plan/composer.ts";
import type { Dtype } from "../../../src/plan/dtype.ts";
import type { Box, Size } from "../../../src/plan/geometry.ts";
import { PIXELS, type Plan } from "../../../src/plan/plan.ts";
import { type StoredPicture, uprightSize } from "../../../src/plan/stored_picture.ts";
import { CLIP_MEAN, CLIP_STD, torchvisionValues } from "../../../src/plan/tables/values.ts";
import type { CanvasView } from "../../../src/plan/view.ts";
import type { ProcessorRecipe } from "../../../src/recipes/recipe.ts";
import { referenceRows } from "../../../src/reference/reference_rows.ts";
import { assertSameBytes } from "../compare/assert_same.ts";
import { onDevice } from "../executors.ts";
import { syntheticPicture } from "../pictures/synthetic.ts";

/** A canvas view without its target, which `planOf` gives it. */
export type Canvas = Omit<CanvasView, "kind" | "target">;

/** The patterns of planes, and of pixels after one another. */
export const CHW = "c h w -> 1 c h w", HWC = "c h w -> 1 h w c";

/** Every dtype. */
export const DTYPES = ["f32", "f16", "bf16", "u8"] as const;

/** Returns a plan of one canvas over one picture, cut by `pattern`. */
export function planOf(
  picture: StoredPicture,
  view: Canvas,
  pattern: string,
  dtype: Dtype = "f32",
  sizes = {},
): Plan {
  return composed(picture, dtype, (composer) => {
    return composer.canvas({ ...view, target: composer.target(PIXELS, view.canvas, pattern, sizes) });
  });
}

/** Returns a plan of one picture, whose views `compose` appends. It returns the view that stands for it. */
export function composed(
  picture: StoredPicture,
  dtype: Dtype,
  compose: (composer: Composer) => number,
): Plan {
  const recipe: ProcessorRecipe = {
    kind: "processor",
    name: "one canvas",
    parameters: {},
    values: torchvisionValues(CLIP_MEAN, CLIP_STD),
    *compose() {},
  };
  const upright = uprightSize(picture, picture.orientation);
  const composer = new Composer([upright], [1], dtype, false);
  composer.image({ size: upright, main: compose(composer), grid: [1, 1] });
  return composer.finish(recipe);
}

/** Runs a plan of one output on both executors, and fails unless every bit is the same. */
export async function assertSame(executor: GpuExecutor, plan: Plan, picture: StoredPicture, label: string) {
  const { made, expected: { output, dtype, shape, row, data } } = await onBoth(executor, plan, picture);
  assertSameBytes(made, data, { label, output, dtype, shape, row });
}

/** Returns the rows that each executor makes. */
async function onBoth(executor: GpuExecutor, plan: Plan, picture: StoredPicture) {
  const pictures = new Map([[0, picture]]);
  const rows = await executor.run(plan, { from: 0, to: 1 }, pictures, "device");
  const made = new Uint8Array(rows[0].bytes);
  await executor.read(rows, () => made);
  executor.release(rows);
  const [expected, ...others] = referenceRows(plan, 0, pictures);
  assertEquals([rows.length, others.length], [1, 0], "the plan has one output");
  return { made, expected };
}

/** Registers a test on a GPU executor whose device must not complain. */
export function onExecutor(name: string, run: (executor: GpuExecutor) => Promise<void>): void {
  onDevice(name, async (device) => {
    const executor = new GpuExecutor(device, 2 ** 28);
    await run(executor);
    executor.close();
  });
}

/** Draws noise, which no two sizes share, as a stored picture. */
export function picture(width: number, height: number, orientation = 1): StoredPicture {
  const seed = width * 7 + height;
  return { ...syntheticPicture({ kind: "noise", w: width, h: height, seed }), orientation };
}

/** Returns the box of all of a picture. */
export function whole({ width, height }: Size): Box {
  return { left: 0, top: 0, right: width, bottom: height };
}

/** Returns a canvas that a whole picture is resampled to. */
export function resampled(picture: StoredPicture, content: Size): Canvas {
  const placement = {
    source: { picture: 0 },
    crop: whole(uprightSize(picture, picture.orientation)),
    content,
    offset: { x: 0, y: 0 },
    filter: "lanczos" as const,
    order: "horizontal-first" as const,
  };
  return { canvas: content, fill: [9, 99, 199], placements: [placement], marks: [] };
}
