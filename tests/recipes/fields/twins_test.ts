import { assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import type { CanvasView } from "../../../src/plan/view.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";

/** GOT-OCR2's tiles, without resizing, where one tile is the most. */
const ONE_TILE = {
  image_processor_type: "GotOcr2ImageProcessor",
  crop_to_patches: true,
  max_patches: 1,
  do_resize: false,
};

Deno.test("recipeFromConfig cuts GOT-OCR2's single tile as torchvision does, and none as Pillow does", () => {
  const shapeOf = (config: object) => {
    const recipe = recipeFromConfig({ ...ONE_TILE, ...config });
    return planSample(recipe, [{ width: 90, height: 60 }]).outputs.pixel_values.shape;
  };
  // Torchvision's `_preprocess` asks for crop_to_patches alone, Pillow's for more than one patch, too.
  assertEquals(shapeOf({ size: 32 }), [1, 3, 32, 32]);
  assertEquals(shapeOf({ size: 32, backend: "pil" }), [1, 3, 60, 90]);
  const edge = { size: { shortest_edge: 32 } };
  assertThrows(() => shapeOf(edge), VitrailError, "size is an object with height and width");
  assertEquals(shapeOf({ ...edge, backend: "pil" }), [1, 3, 60, 90]);
});

/** The filters of Donut's resizing and of its thumbnail, by backend and `resample`. */
const FILTERS: [backend: string, resample: number, filters: string[]][] = [
  ["pil", 0, ["nearest", "bicubic"]], // `resample or PILImageResampling.BICUBIC` of `thumbnail`
  ["torchvision", 0, ["nearest", "nearest"]],
  ["pil", 2, ["bilinear", "bilinear"]],
];

for (const [backend, resample, filters] of FILTERS) {
  Deno.test(`planSample makes Donut's thumbnail by ${filters[1]}, resample ${resample}: ${backend}`, () => {
    const size = { height: 40, width: 30 };
    const recipe = recipeFromConfig({ image_processor_type: "DonutImageProcessor", size, backend, resample });
    const views = planSample(recipe, [{ width: 90, height: 60 }]).views as CanvasView[];
    assertEquals(views.map(({ placements: [{ filter }] }) => filter), filters);
  });
}

/** Grids of LFM2-VL that are as near to a picture's aspect as others: the order of Python's set decides. */
const TIED: [least: number, most: number, width: number, height: number, grid: [number, number]][] = [
  [4, 4, 2000, 800, [2, 2]],
  [5, 5, 2600, 1000, [5, 1]],
  [6, 7, 3000, 800, [2, 3]],
  [8, 9, 800, 2560, [8, 1]],
  [10, 11, 5000, 800, [2, 5]],
];

for (const [min_tiles, max_tiles, width, height, grid] of TIED) {
  Deno.test(`planSample cuts ${width}x${height} as LFM2-VL does, ${min_tiles} to ${max_tiles} tiles`, () => {
    const recipe = recipeFromConfig({ image_processor_type: "Lfm2VlImageProcessor", min_tiles, max_tiles });
    assertEquals(planSample(recipe, [{ width, height }]).images[0].grid, grid);
  });
}

/**
 * Grids of Ovis2 whose tiles cover a picture equally in mathematics, by `get_min_tile_covering_grid` with the
 * `sum` of Python 3.12, whose roundings are others than those of additions one by one.
 */
const GRIDS: [most: number, side: number, width: number, height: number, grid: [number, number]][] = [
  [9, 448, 1851, 1234, [3, 2]],
  [9, 448, 500, 2000, [1, 4]],
  [9, 448, 600, 2400, [1, 9]],
  [9, 448, 5600, 700, [8, 1]],
  [12, 384, 7404, 1234, [6, 1]],
  [12, 384, 9000, 1000, [10, 1]],
  [12, 384, 3085, 1234, [5, 2]],
  [12, 384, 1680, 1008, [4, 3]],
];

for (const [most, side, width, height, grid] of GRIDS) {
  Deno.test(`planSample cuts ${width}x${height} as Ovis2 does, of ${most} tiles of ${side} at most`, () => {
    const config = { image_processor_type: "Ovis2ImageProcessor", crop_to_patches: true, max_patches: most };
    const recipe = recipeFromConfig({ ...config, size: side });
    assertEquals(planSample(recipe, [{ width, height }]).images[0].grid, grid);
  });
}
