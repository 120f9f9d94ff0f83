import { assertEquals } from "@std/assert";
import type { CanvasView, Target } from "../../../src/plan/view.ts";
import { channelPlace, contentBoxes } from "../../../src/sft/shards/lossless_bytes.ts";

function target(pattern: string, sizes: Record<string, number> = {}, rows = 1): Target {
  return { output: "pixel_values", pattern, sizes, row: 0, rows };
}

Deno.test("channelPlace counts a row's elements before and after its channels", () => {
  const canvas = { width: 12, height: 8 }, tile = { p: 4, q: 6 };
  for (
    const [pattern, sizes, place] of [
      ["c h w -> 1 c h w", {}, [1, 96]],
      ["c (h p) (w q) -> (h w) c p q", tile, [1, 24]],
      ["c (h p) (w q) -> (h w) (p q c)", tile, [24, 1]],
      ["c (h p) (w q) -> (h w) (c t p q)", { ...tile, t: 2 }, [1, 48]],
      ["c (h p) (w q) -> (h w) (t c p q)", { ...tile, t: 2 }, [2, 24]],
      ["c h w -> (c h w)", {}, undefined],
      ["c h w -> (c h) w", {}, undefined],
    ] as const
  ) assertEquals(channelPlace(canvas, target(pattern, sizes)), place, pattern);
});

Deno.test("contentBoxes cut the content of a canvas by tiles", () => {
  const view = (offset: { x: number; y: number }, fill: CanvasView["fill"]): CanvasView => ({
    kind: "canvas",
    canvas: { width: 8, height: 4 },
    fill,
    placements: [{
      source: { picture: 0 },
      crop: { left: 0, top: 0, right: 5, bottom: 3 },
      content: { width: 5, height: 3 },
      offset,
      filter: "bicubic",
      order: "horizontal-first",
    }],
    marks: [],
    target: target("c (h p) (w q) -> (h w) c p q", { p: 2, q: 4 }, 4),
  });
  const tile = { width: 4, height: 2 }, zero = { value: 0 };
  //  . . . . | . . . .      content of 5x3, its top left at (2, 1)
  //  . . # # | # # # .
  //  - - - - + - - - -
  //  . . # # | # # # .
  //  . . # # | # # # .
  const middle = [[1, 2, 1, 2], [1, 0, 1, 3], [0, 2, 2, 2], [0, 0, 2, 3]] as const;
  assertEquals(contentBoxes(view({ x: 2, y: 1 }, zero), tile), [...middle]);
  assertEquals(contentBoxes(view({ x: 0, y: 0 }, zero), tile)[3], [0, 0, 1, 1]);
  assertEquals(contentBoxes(view({ x: 0, y: 0 }, [0, 0, 0]), tile)[3], [0, 0, 2, 4]);
});
