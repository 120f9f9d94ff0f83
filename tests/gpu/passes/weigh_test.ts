import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { boundBytes, tableOf } from "../../../src/gpu/passes/jobs.ts";
import { DOWN, NO_TABLE } from "../../../src/gpu/passes/resample_pass.ts";
import { type Weighed, weighedTable } from "../../../src/gpu/passes/taps_words.ts";
import { uprightSize } from "../../../src/plan/stored_picture.ts";
import { fused } from "../../../src/plan/tables/fused.ts";
import { BLACK } from "../../../src/plan/tables/values.ts";
import { onDevice } from "../../support/executors.ts";
import { claimLimits } from "../../support/gpu/claim_limits.ts";
import { dispatched } from "../../support/gpu/dispatch.ts";
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
  "weigh_across.wgsl and weigh_down.wgsl give the reference's bits of canvases of floats (law)",
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

type DownField = (typeof DOWN.fields)[number];

/** Pixels that are made: three sums each. Those of a line share a factor. */
const COUNT = 10_240;

/** The columns of a line: of one, whose sums are the first components of vectors, and of all components. */
const COLUMNS = [1, 256];

const { fround } = Math;

/** Returns a function that draws numbers from 0 to 1, the same ones each time. */
function drawing(state: number): () => number {
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/**
 * Returns triples of two factors and a summand: numbers of all sizes, zeros, summands that take away nearly
 * all of the product or all of it, and sums that lie in the middle between two f32, or beside it.
 */
function triples(columns: number): { a: Float32Array; b: Float32Array; c: Float32Array } {
  const next = drawing(7),
    [a, b, c] = [COUNT * 3, COUNT / columns, COUNT * 3].map((length) => new Float32Array(length)),
    line = columns * 3;
  const number = (zeros: number) =>
    next() < zeros ? 0 : fround((next() - 0.5) * 2 ** Math.floor(next() * 40 - 20));
  for (let i = 0; i < c.length; i++) {
    if (i % line === 0) b[i / line] = number(0.02);
    a[i] = number(0.02);
    const product = a[i] * b[Math.floor(i / line)];
    const near = fround(-product * (1 + Math.floor(next() * 5 - 2) * 2 ** -23));
    const half = fround(product * 2 ** Math.floor(next() * 30)) * (1 + Math.floor(next() * 2) * 2 ** -23);
    c[i] = [near, half, number(0), next() < 0.5 ? 0 : -product][i % 4];
  }
  return { a, b, c };
}

/** Returns the sums of two taps: a summand by 1, and `a · b`, which is rounded first where `rounded` is 2. */
async function sumsOf(
  device: GPUDevice,
  columns: number,
  rounded: number,
  fuses: number,
): Promise<Float32Array> {
  const { a, b, c } = triples(columns), lines = new Float32Array(a.length * 2), stepY = columns * 3;
  for (let line = 0; line < b.length; line++) {
    lines.set(c.subarray(line * stepY, (line + 1) * stepY), 2 * line * stepY);
    lines.set(a.subarray(line * stepY, (line + 1) * stepY), (2 * line + 1) * stepY);
  }
  const outputs = Array.from(
    b,
    (weight, i): Weighed => ({ taps: [[2 * i, 1], [2 * i + 1, weight]], rounded }),
  );
  const table = weighedTable(outputs, 2), size = [4096, Math.ceil(table.length / 4096)];
  const words = new Uint32Array(4096 * size[1]);
  words.set(table);
  const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST;
  const tables = device.createTexture({ size, format: "r32uint", usage });
  device.queue.writeTexture({ texture: tables }, words, { bytesPerRow: 4096 * 4 }, size);
  const none = Object.fromEntries(DOWN.fields.map((field) => [field, 0])) as Record<DownField, number>;
  const own = { tapsWidth: 2, columns, lineCount: b.length, stepX: 3, stepY, stepChannel: 1 };
  const spans = [0, 1].map(() => ({ buffer: {} as GPUBuffer, from: 0, to: 0 }));
  const job = { fields: { ...none, ...own, deviations: NO_TABLE }, groups: b.length, spans };
  const made = await dispatched(device, {
    kernel: "weigh_down",
    constants: { FUSES: fuses },
    uniform: tableOf(DOWN, [{ job, firstGroup: 0 }], spans),
    bound: boundBytes(DOWN),
    groups: [b.length, 1, 1],
    inputs: [tables, lines],
    words: COUNT * 3,
  });
  tables.destroy();
  return new Float32Array(made.buffer).map((sum) => sum + 0); // no sign of a zero
}

onDevice(
  "weigh_down.wgsl rounds sums once, or their products before, by any device's means",
  async (device) => {
    for (const columns of COLUMNS) {
      const { a, b, c } = triples(columns), at = (i: number) => b[Math.floor(i / (3 * columns))];
      const once = c.map((summand, i) => fused(a[i], at(i), summand) + 0);
      const twice = c.map((summand, i) => fround(fround(a[i] * at(i)) + summand) + 0);
      const differs = twice.filter((sum, i) => sum !== once[i]).length;
      assert(differs > COUNT / 2, `${differs} tell a fused sum from another`);
      assertEquals(await sumsOf(device, columns, 1, 0), once);
      assertEquals(await sumsOf(device, columns, 2, 0), twice);
      const own = await sumsOf(device, columns, 1, 1); // whose fma rounds once, or else the product, too
      assertEquals(own, own.every((sum, i) => sum === once[i]) ? once : twice);
    }
  },
);
