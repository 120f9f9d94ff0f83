import { assert, assertEquals } from "@std/assert";
import { GLOBAL_ALLOWANCE } from "../src/engine/verify/allowance.ts";
import { compareRows } from "../src/engine/verify/compare.ts";
import { noDifference } from "../src/engine/verify/verify.ts";
import { CLIP_MEAN, CLIP_STD, torchvisionValues, valueTable } from "../src/plan/tables/values.ts";
import { toDtype } from "../src/reference/rounding.ts";
import { globalView } from "../src/reference/global_view.ts";
import { synthetic, syntheticPicture } from "./support/pictures/synthetic.ts";
import { placementFloatTaps } from "../src/plan/tables/placement_taps.ts";
import { floatSteps } from "../src/plan/tables/values.ts";
import type { CanvasView } from "../src/plan/view.ts";
import { recipeFromConfig } from "../src/recipes/config.ts";
import { planSample } from "../src/recipes/plan_sample.ts";
import { referenceMade } from "./support/executors.ts";
import { FLOATS_F32, GLOBAL_BF16, GLOBAL_F16, GLOBAL_F32 } from "./tolerance.ts";

const canvas = { width: 64, height: 48, data: synthetic({ kind: "noise", w: 64, h: 48, seed: 5 }) };
const size = { width: 16, height: 12 }; // scale 4
const table = valueTable(torchvisionValues(CLIP_MEAN, CLIP_STD));
const right = globalView(canvas, table, size);

/** The global view in f64 with four weights an axis, of values that `at` gives. */
function variant(weights: readonly number[], shift: number, at: (byte: number, channel: number) => number) {
  const [sx, sy] = [canvas.width / size.width, canvas.height / size.height];
  const clamp = (i: number, last: number) => Math.min(last, Math.max(0, i));
  return Float32Array.from({ length: right.length }, (_, i) => {
    const x = i % size.width, y = Math.floor(i / size.width) % size.height;
    const channel = Math.floor(i / size.width / size.height);
    let sum = 0;
    for (const [j, wy] of weights.entries()) {
      for (const [k, wx] of weights.entries()) {
        const column = clamp(x * sx + sx / 2 - 2 + k + shift, canvas.width - 1);
        const row = clamp(y * sy + sy / 2 - 2 + j, canvas.height - 1);
        sum += wx * wy * at(canvas.data[(row * canvas.width + column) * 3 + channel], channel);
      }
    }
    return sum;
  });
}

const BICUBIC = [-3 / 32, 19 / 32, 19 / 32, -3 / 32];
const normalised = (byte: number, channel: number) => table[channel * 256 + byte];

function mismatches(values: Float32Array, dtype: "f32" | "f16" | "bf16"): number {
  const found = noDifference();
  const rows = (data: Uint8Array) => ({
    output: "o",
    row: 0,
    shape: [1, 3, size.height, size.width],
    data,
  });
  const made = rows(toDtype(values, dtype)), expected = rows(toDtype(right, dtype));
  compareRows(found, made, expected, dtype, () => GLOBAL_ALLOWANCE[dtype]);
  return found.mismatches;
}

Deno.test("GLOBAL_ALLOWANCE has these tolerances and no others", () => {
  assertEquals([GLOBAL_F32, GLOBAL_F16, GLOBAL_BF16], [1e-6, 1 / 512, 1 / 64]);
  assertEquals(GLOBAL_ALLOWANCE.u8, 0);
});

for (const dtype of ["f32", "f16", "bf16"] as const) {
  Deno.test(`GLOBAL_ALLOWANCE allows another rounding of the same sums: ${dtype}`, () => {
    const exact = variant(BICUBIC, 0, normalised);
    assert(exact.some((value, i) => value !== right[i]), "the f64 sums round to other f32");
    assertEquals(mismatches(exact, dtype), 0);
  });

  Deno.test(`GLOBAL_ALLOWANCE is exceeded by wrong variants: ${dtype}`, () => {
    const [a, b] = [-1 / 16, 9 / 16]; // a = −0.5, as Pillow's bicubic has it
    const variants = {
      "a = -0.5": variant([a, b, b, a], 0, normalised),
      "bilinear": variant([0, 0.5, 0.5, 0], 0, normalised),
      "a column off": variant(BICUBIC, 1, normalised),
      "the next channel's table": variant(BICUBIC, 0, (byte, channel) => normalised(byte, (channel + 1) % 3)),
    };
    for (const [name, values] of Object.entries(variants)) {
      assert(mismatches(values, dtype) > right.length / 2, `${name}: ${mismatches(values, dtype)}`);
    }
    // The smallest wrong step: one element by a little more than is allowed.
    const allowed = GLOBAL_ALLOWANCE[dtype], off = Float32Array.from(right);
    off[7] = right[7] + 2.5 * allowed;
    assertEquals(mismatches(off, dtype), 1);
  });
}

Deno.test("GLOBAL_ALLOWANCE is exceeded by a global view of rounded bytes, in f32 and f16", () => {
  const bytes = variant(BICUBIC, 0, (byte) => byte);
  const values = bytes.map((value, i) => {
    const channel = Math.floor(i / size.width / size.height);
    return normalised(Math.min(255, Math.max(0, Math.round(value))), channel);
  });
  for (const dtype of ["f32", "f16"] as const) assert(mismatches(values, dtype) > right.length / 4);
});

Deno.test("compareRows allows nothing but a global view a difference", () => {
  const found = noDifference();
  const off = Float32Array.from(right);
  off[3] = right[3] + 2 ** -22;
  const shape = [1, 3, size.height, size.width];
  const made = { output: "o", row: 4, shape, data: toDtype(off, "f32") };
  compareRows(
    found,
    made,
    { ...made, data: toDtype(right, "f32") },
    "f32",
    (row) => row !== 4 ? GLOBAL_F32 : 0,
  );
  assertEquals([found.mismatches, found.inexact, found.at], [1, 1, { output: "o", index: [4, 0, 0, 3] }]);
});

const dino = recipeFromConfig({ image_processor_type: "DINOv3ViTImageProcessor", size: 24 });
const drawn = syntheticPicture({ kind: "noise", w: 64, h: 48, seed: 5 });
const floatPlan = planSample(dino, [drawn]);
const floats = new Float32Array(referenceMade(floatPlan, [drawn]).pixel_values.slice().buffer);

/** The share of elements that are further from the canvas of floats than is allowed. */
function shareBeyond(values: Float32Array): number {
  return values.filter((value, i) => Math.abs(value - floats[i]) > FLOATS_F32).length / floats.length;
}

Deno.test("FLOATS_ALLOWANCE allows another rounding of the same sums", () => {
  const [view] = floatPlan.views as CanvasView[], [placement] = view.placements;
  const { x, y } = placementFloatTaps(placement, drawn), { factor, mean, std } = floatSteps(dino.values);
  const exact = Float32Array.from(floats, (_, i) => {
    const column = i % 24, line = Math.floor(i / 24) % 24, channel = Math.floor(i / 576);
    let sum = 0;
    for (let j = 0; j < y.count[line]; j++) {
      for (let k = 0; k < x.count[column]; k++) {
        const weight = y.weights[line * y.width + j] * x.weights[column * x.width + k];
        const pixel = (y.first[line] + j) * drawn.width + x.first[column] + k;
        sum += weight * drawn.data[pixel * 4 + channel];
      }
    }
    return (sum * factor - mean[channel]) / std[channel];
  });
  assert(exact.some((value, i) => value !== floats[i]), "the f64 sums round to other f32");
  assertEquals(shareBeyond(exact), 0);
});

Deno.test("FLOATS_ALLOWANCE is exceeded by bytes in between", () => {
  const views = floatPlan.views.map((view) => ({ ...view, floats: undefined }) as CanvasView);
  const made = referenceMade({ ...floatPlan, views }, [drawn]).pixel_values;
  assert(shareBeyond(new Float32Array(made.slice().buffer)) > 0.9);
});
