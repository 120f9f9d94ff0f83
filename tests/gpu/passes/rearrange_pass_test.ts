import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { VitrailError } from "../../../src/errors.ts";
import { GpuExecutor } from "../../../src/gpu/gpu_executor.ts";
import { resolveLayout } from "../../../src/layout/layout.ts";
import { parsePattern } from "../../../src/layout/pattern.ts";
import { countOf } from "../../../src/layout/shape.ts";
import { rearrange } from "../../../src/reference/rearrange.ts";
import { EVERY_CALL } from "../../support/golden/golden_calls.ts";
import { claimLimits } from "../../support/gpu/claim_limits.ts";
import { watchBindings } from "../../support/gpu/watch_bindings.ts";
import { assertSameBytes } from "../../support/compare/assert_same.ts";
import { onDevice } from "../../support/executors.ts";

const PATTERNS: [string, readonly string[], readonly string[]][] = [
  ["c (h p) (w q) -> (h w) c p q", ["c", "h", "p", "w", "q"], []],
  ["a b c d -> d b a c", ["a", "b", "c", "d"], []],
  ["t (h a) (w b) c -> t h w (a b c)", ["t", "h", "a", "w", "b", "c"], []],
  ["c (h m p) (w n q) -> (h w m n) (c t p q)", ["c", "h", "m", "p", "w", "n", "q"], ["t"]],
];

onDevice("rearrange.wgsl places every word as the reference does, whatever the sizes", async (device) => {
  const executor = new GpuExecutor(device, 2 ** 26);
  const size = fc.integer({ min: 1, max: 5 });
  for (const [text, axes, repeated] of PATTERNS) {
    const pattern = parsePattern(text);
    const property = fc.asyncProperty(fc.array(size, { minLength: 8, maxLength: 8 }), async (drawn) => {
      const sizes = Object.fromEntries([...axes, ...repeated].map((axis, i) => [axis, drawn[i]]));
      const shape = pattern.left.map((axis) => countOf(axis.map(({ name }) => sizes[name])));
      const layout = resolveLayout(pattern, shape, sizes);
      const words = Uint32Array.from({ length: countOf(shape) }, (_, i) => i * 2654435761 >>> 0);
      assertEquals(await executor.rearrange(words, layout), rearrange(words, layout));
    });
    await fc.assert(property, { numRuns: 12 });
  }
  executor.close();
});

onDevice("recordRearrange writes the copies that a layout has, of all that it could have", async (device) => {
  const executor = new GpuExecutor(device, 2 ** 26), words = Uint32Array.of(7, 8, 9, 10, 11, 12);
  const layout = resolveLayout(parsePattern("a b -> t b a"), [2, 3], { t: 3 });
  for (const repeat of layout.repeats) {
    const moved = await executor.rearrange(words, { ...layout, repeats: [repeat] }) as Uint32Array;
    assertEquals([...moved.subarray(repeat, repeat + 6)], [7, 10, 8, 11, 9, 12], `the copy at ${repeat}`);
  }
  executor.close();
});

onDevice("rearrange.wgsl ends lines around a workgroup and around the longest", async (device) => {
  const executor = new GpuExecutor(device, 2 ** 26);
  for (const count of [1, 63, 64, 65, 255, 256, 257, 4095, 4096, 4097, 8192, 8194, 131073]) {
    const words = Uint32Array.from({ length: count }, (_, i) => i * 2654435761 >>> 0);
    const layout = resolveLayout(parsePattern("a -> a 1"), [count]);
    assertEquals(await executor.rearrange(words, layout), words, `${count}`);
  }
  executor.close();
});

onDevice("rearrange.wgsl takes as many elements as a binding holds, and not one row more", async (device) => {
  if (!EVERY_CALL) claimLimits(device, { maxStorageBufferBindingSize: 8 * 2 ** 20 });
  const executor = new GpuExecutor(device, 2 ** 20), bound = watchBindings(device);
  const most = device.limits.maxStorageBufferBindingSize / 4, rows = 4096, columns = Math.floor(most / rows);
  const pattern = parsePattern("a b -> b a");
  const over = resolveLayout(pattern, [rows, columns + 1]);
  const few = new Uint32Array(1); // refused by its layout, before its words are looked at
  const error = await assertRejects(() => executor.rearrange(few, over), VitrailError);
  assertEquals(error.code, "limit");
  if (most <= 2 ** 25) { // 128 MiB: a GPU with gigabytes would take them here, too
    const words = new Uint32Array(rows * columns);
    for (let i = 0; i < words.length; i++) words[i] = i;
    const moved = await executor.rearrange(words, resolveLayout(pattern, [rows, columns]));
    const expected = words.map((_, i) => (i % rows) * columns + Math.floor(i / rows));
    assertSameBytes(moved as Uint32Array, expected, { shape: [columns, rows] });
    assertEquals(Math.max(...bound), rows * columns * 4);
  }
  executor.close();
});
