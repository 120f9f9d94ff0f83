import { assert, assertEquals } from "@std/assert";
import { type Target, targetLayout } from "../../src/plan/view.ts";

const CANVAS = { width: 12, height: 8 };
const TILES = { pattern: "c (h p) (w q) -> (h w) c p q", sizes: { p: 4, q: 3 } };
const FRAMES = { pattern: "c (h p) (w q) -> (h w) (c t p q)", sizes: { p: 4, q: 3, t: 2 } };

/** A whole target, of its own rows and its own objects. */
function targetOf(target: Pick<Target, "pattern" | "sizes" | "copies">, row: number): Target {
  return { output: `output_${row}`, row, rows: 8, ...structuredClone(target) };
}

Deno.test("targetLayout gives one object for equal targets, wherever their rows go", () => {
  const layout = targetLayout(CANVAS, targetOf(TILES, 0));
  assertEquals(layout.outputShape, [8, 3, 4, 3]);
  assert(targetLayout({ ...CANVAS }, targetOf(TILES, 8)) === layout);
  assert(targetLayout(CANVAS, targetOf({ ...TILES, sizes: { q: 3, p: 4 } }, 0)) === layout);
});

Deno.test("targetLayout tells canvases, patterns and sizes apart", () => {
  const targets = [
    { canvas: CANVAS, target: TILES, shape: [8, 3, 4, 3] },
    { canvas: { width: 8, height: 12 }, target: { ...TILES, sizes: { p: 4, q: 4 } }, shape: [6, 3, 4, 4] },
    { canvas: { width: 24, height: 8 }, target: TILES, shape: [16, 3, 4, 3] },
    { canvas: { width: 12, height: 12 }, target: TILES, shape: [12, 3, 4, 3] },
    { canvas: CANVAS, target: { ...TILES, sizes: { p: 2, q: 3 } }, shape: [16, 3, 2, 3] },
    { canvas: CANVAS, target: { ...TILES, sizes: { p: 4, q: 6 } }, shape: [4, 3, 4, 6] },
    {
      canvas: CANVAS,
      target: { ...TILES, pattern: "c (h p) (w q) -> (w h) c q p" },
      shape: [8, 3, 3, 4],
    },
  ];
  for (const _ of ["the first time", "again"]) {
    for (const { canvas, target, shape } of targets) {
      assertEquals(targetLayout(canvas, targetOf(target, 0)).outputShape, shape);
    }
  }
});

Deno.test("targetLayout tells a target's copies apart", () => {
  const all = targetLayout(CANVAS, targetOf(FRAMES, 0));
  const [first, second] = [[0], [1]].map((copies) =>
    targetLayout(CANVAS, targetOf({ ...FRAMES, copies }, 0))
  );
  assertEquals(all.repeats, [0, 12]);
  assertEquals(first.repeats, [0]);
  assertEquals(second.repeats, [12]);
  for (const layout of [first, second]) assertEquals({ ...layout, repeats: all.repeats }, all);
  assert(targetLayout(CANVAS, targetOf({ ...FRAMES, copies: [1] }, 8)) === second);
  assert(targetLayout(CANVAS, targetOf(FRAMES, 8)) === all);
});

Deno.test("targetLayout forgets the oldest layouts: 8 MiB of them are kept", () => {
  const canvasOf = (height: number) => ({ width: 65536, height }); // a layout of 257 KiB
  const target = { pattern: "c h w -> 1 c h w", sizes: {} };
  const first = targetLayout(canvasOf(1), target);
  for (let height = 2; height <= 31; height++) targetLayout(canvasOf(height), target);
  assert(targetLayout(canvasOf(1), target) === first);
  targetLayout(canvasOf(32), target);
  const again = targetLayout(canvasOf(1), target);
  assert(again !== first);
  assertEquals(again, first);
  assert(targetLayout(canvasOf(32), target) === targetLayout(canvasOf(32), target));
});

Deno.test("targetLayout keeps no layout of a million copies", () => {
  const target = { pattern: "c h w -> 1 (c h w t)", sizes: { t: 2 ** 20 } };
  const pixel = { width: 1, height: 1 };
  assert(targetLayout(pixel, target) !== targetLayout(pixel, target));
});
