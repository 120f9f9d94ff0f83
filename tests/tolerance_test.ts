import { assert, assertEquals } from "@std/assert";
import { compareRows } from "../src/engine/verify/compare.ts";
import { noDifference } from "../src/engine/verify/verify.ts";
import { CLIP_MEAN, CLIP_STD, torchvisionValues, valueTable } from "../src/plan/tables/values.ts";
import { toDtype } from "../src/reference/rounding.ts";
import { globalView } from "../src/reference/global_view.ts";
import { synthetic } from "./support/pictures/synthetic.ts";
import { plainFeatures, plainLogits, worstOf } from "./support/onnx/plain_models.ts";
import { GLOBAL_F32, SESSION_F16, SESSION_F32 } from "./tolerance.ts";

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

/** Returns how many elements are further from the global view than is allowed. */
function beyond(values: Float32Array): number {
  return values.filter((value, i) => Math.abs(value - right[i]) > GLOBAL_F32).length;
}

Deno.test("GLOBAL_F32 allows another rounding of the same sums", () => {
  const exact = variant(BICUBIC, 0, normalised);
  assert(exact.some((value, i) => value !== right[i]), "the f64 sums round to other f32");
  assertEquals(beyond(exact), 0);
});

Deno.test("GLOBAL_F32 is exceeded by wrong variants", () => {
  const [a, b] = [-1 / 16, 9 / 16]; // a = −0.5, as Pillow's bicubic has it
  const variants = {
    "a = -0.5": variant([a, b, b, a], 0, normalised),
    "bilinear": variant([0, 0.5, 0.5, 0], 0, normalised),
    "a column off": variant(BICUBIC, 1, normalised),
    "the next channel's table": variant(BICUBIC, 0, (byte, channel) => normalised(byte, (channel + 1) % 3)),
  };
  for (const [name, values] of Object.entries(variants)) {
    assert(beyond(values) > right.length / 2, `${name}: ${beyond(values)}`);
  }
  // The smallest wrong step: one element by a little more than is allowed.
  const off = Float32Array.from(right);
  off[7] = right[7] + 2.5 * GLOBAL_F32;
  assertEquals(beyond(off), 1);
});

Deno.test("GLOBAL_F32 is exceeded by a global view of rounded bytes", () => {
  const bytes = variant(BICUBIC, 0, (byte) => byte);
  const values = bytes.map((value, i) => {
    const channel = Math.floor(i / size.width / size.height);
    return normalised(Math.min(255, Math.max(0, Math.round(value))), channel);
  });
  assert(beyond(values) > right.length / 4);
});

Deno.test("compareRows allows no difference", () => {
  const found = noDifference();
  const off = Float32Array.from(right);
  off[3] = right[3] + 2 ** -22;
  const shape = [1, 3, size.height, size.width];
  const made = { output: "o", row: 4, shape, data: toDtype(off, "f32") };
  compareRows(found, made, { ...made, data: toDtype(right, "f32") }, "f32");
  assertEquals([found.mismatches, found.at], [1, { output: "o", index: [4, 0, 0, 3] }]);
});

Deno.test("SESSION_F16 and SESSION_F32 are exceeded by wrong variants", () => {
  const pixels = Float32Array.from({ length: 3 * 14 * 14 }, (_, i) => i % 11 / 4 - 1);
  const shifted = pixels.with(0, pixels[0] + 1 / 64);
  const tokens = Float32Array.from({ length: 64 }, (_, i) => i % 7 - 3), turned = tokens.toReversed();
  assert(worstOf(plainFeatures(shifted, 14), plainFeatures(pixels, 14)) > SESSION_F32);
  for (const most of [SESSION_F16, SESSION_F32]) {
    assert(worstOf(plainFeatures(pixels.toReversed(), 14), plainFeatures(pixels, 14)) > most);
    assert(worstOf(plainLogits(turned), plainLogits(tokens)) > most);
  }
});
