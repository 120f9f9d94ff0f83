import { assertEquals } from "@std/assert";
import type { CanvasView } from "../../../src/plan/view.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";

/** A width and a height. */
type Pair = [width: number, height: number];

/** A picture, its canvas, and its content where that is less. */
type Fitted = [picture: Pair, canvas: Pair, content?: Pair];

/** The sizes that Python's formulas give, at configs whose branches no golden takes. */
const CASES: [source: string, type: string, config: Record<string, unknown>, fitted: Fitted[]][] = [
  ["cosmos3_edge, smart_resize", "Cosmos3EdgeImageProcessor", {
    temporal_patch_size: 2,
    size: { shortest_edge: 3136, longest_edge: 100000 },
  }, [
    [[640, 480], [256, 192]],
    [[500, 31], [512, 32]],
    [[3, 2], [64, 32]],
  ]],
  ["glm5_next, smart_resize and resize", "Glm5NextImageProcessor", {
    min_image_tokens: 30,
    max_image_tokens: 200,
  }, [
    [[1920, 1080], [504, 308], [504, 283]],
    [[100, 2000], [84, 1708], [84, 1680]],
    [[50, 40], [196, 140], [175, 140]],
    [[200, 120], [224, 140], [200, 120]],
    [[3000, 10], [3024, 28], [3000, 10]],
  ]],
  ["glm5_next, smart_resize and resize", "Glm5NextImageProcessor", {
    patch_expand_factor: 2,
    max_image_tokens: 100,
  }, [
    [[1920, 1080], [728, 392], [696, 392]],
    [[300, 200], [336, 224], [300, 200]],
  ]],
  ["glm_image, smart_resize", "GlmImageImageProcessor", {
    size: { shortest_edge: 512 ** 2, longest_edge: 1024 ** 2 },
  }, [
    [[1920, 1080], [504, 280]],
    [[300, 200], [392, 252]],
    [[60, 200], [140, 504]],
  ]],
  ["glmga, smart_resize", "GlmgaImageProcessor", { patch_expand_factor: 2 }, [
    [[640, 480], [616, 504]],
    [[30, 200], [56, 392]],
  ]],
  ["glmga, smart_resize, of Pillow's twin", "GlmgaImageProcessor", {
    patch_expand_factor: 2,
    backend: "pil",
  }, [
    [[640, 480], [644, 476]],
    [[30, 200], [56, 224]],
  ]],
  ["kimi_k25, navit_resize", "Kimi_K25ImageProcessor", {
    max_patches: 300,
    size: { max_height: 40, max_width: 40 },
  }, [
    [[640, 480], [308, 224], [283, 212]],
    [[2000, 60], [560, 28], [560, 16]],
    [[13, 900], [28, 560], [8, 560]],
    [[27, 29], [28, 56], [27, 29]],
  ]],
  ["minimax_m3_vl, smart_resize", "MiniMaxM3VLImageProcessor", { max_pixels: 20000 }, [
    [[640, 480], [140, 112]],
    [[500, 31], [504, 28]],
    [[500, 10], [420, 28]],
    [[2600, 100], [700, 28]],
    [[3, 2], [84, 56]],
  ]],
  ["minimax_m3_vl, __init__: older files' size", "MiniMaxM3VLImageProcessor", { size: [672, 672] }, [
    [[1680, 1008], [840, 504]],
  ]],
  // Of equally near grids Python takes the one that comes first in a set: 1 × 1 and not 2 × 2, but 4 × 4.
  ["muse_glimmer, smart_resize", "MuseGlimmerImageProcessor", { max_image_tokens: 50 }, [
    [[640, 480], [224, 168]],
    [[44, 44], [28, 28]],
    [[100, 100], [112, 112]],
    [[300, 10], [308, 28]],
    [[5, 1400], [28, 1400]],
  ]],
  ["neomme, get_resize_output_size", "NeoMMEImageProcessor", { max_side: 400 }, [
    [[640, 480], [416, 320], [400, 300]],
    [[100, 90], [128, 96], [100, 90]],
    [[3000, 3], [416, 32], [400, 1]],
  ]],
  ["neomme, get_resize_output_size", "NeoMMEImageProcessor", {
    max_side: 600,
    size: { min_pixels: 50000, max_pixels: 100000 },
  }, [
    [[640, 480], [384, 288], [365, 273]],
    [[100, 90], [256, 224], [236, 212]],
    [[20, 900], [32, 608], [14, 600]],
  ]],
  // Rounded down, rounded, rounded up, and cut.
  ["neomme, get_resize_output_size", "NeoMMEImageProcessor", {
    size: { min_pixels: 5000, max_pixels: 5040 },
  }, [
    [[1022, 2351], [64, 128], [46, 107]],
    [[11, 8], [96, 64], [83, 60]],
    [[28, 50], [64, 96], [53, 95]],
    [[4000, 1], [4480, 32], [4472, 1]],
  ]],
];

for (const [source, type, config, fitted] of CASES) {
  Deno.test(`planSample fits pictures as models/${source}: ${type} ${JSON.stringify(config)}`, () => {
    const recipe = recipeFromConfig({ image_processor_type: type, ...config });
    for (const [[width, height], canvas, content = canvas] of fitted) {
      const { images: [image] } = planSample(recipe, [{ width, height }]);
      const found = [image.canvas, image.content].map(({ width, height }) => [width, height]);
      assertEquals(found, [canvas, content], `${width}x${height}`);
    }
  });
}

Deno.test("planSample gives grids without the tokens between lines, and for GLM-Image of patches", () => {
  const size = { width: 200, height: 120 }, budget = { shortest_edge: 1024, longest_edge: 1e6 };
  const imageOf = (config: Record<string, unknown>) => planSample(recipeFromConfig(config), [size]).images[0];
  const hunyuan = imageOf({ image_processor_type: "HunYuanVLImageProcessor", size: budget });
  assertEquals([hunyuan.grid, hunyuan.tokenGrid], [[8, 12], { steps: 1, rows: 4, columns: 6 }]);
  const glm = imageOf({ image_processor_type: "GlmImageImageProcessor" });
  assertEquals([glm.grid, glm.tokenGrid], [[4, 8], { steps: 1, rows: 4, columns: 8 }]);
});

Deno.test("planSample resamples with bicubic for HunYuan-VL by Pillow, whatever resample says", () => {
  const filterOf = (backend: string) => {
    const recipe = recipeFromConfig({
      image_processor_type: "HunYuanVLImageProcessor",
      resample: 2,
      backend,
    });
    const [view] = planSample(recipe, [{ width: 200, height: 120 }]).views as CanvasView[];
    return view.placements[0].filter;
  };
  assertEquals([filterOf("pil"), filterOf("torchvision")], ["bicubic", "bilinear"]);
});
