import { assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../src/errors.ts";
import type { Size } from "../../src/plan/geometry.ts";
import { recipeFromConfig, recipeWith } from "../../src/recipes/config.ts";
import { planSample } from "../../src/recipes/plan_sample.ts";
import type { Recipe } from "../../src/recipes/recipe.ts";

/** The canvas of a picture, and its rows. */
function planned(recipe: Recipe, width: number, height: number): [Size, number] {
  const { images: [{ canvas }], outputs } = planSample(recipe, [{ width, height }]);
  return [canvas, outputs.pixel_values.shape[0]];
}

/**
 * The canvases of 2000x1000 where the most is 50000 pixels and the least four times that, by hand: each
 * side by √(2000 · 1000 · frames / 50000), down to a multiple. Python asks for the most first.
 * Source: transformers, `smart_resize` of each class's `image_processing_*.py`.
 */
const CANVASES: [type: string, fields: object, canvas: Size][] = [
  ...["Qwen2VL", "CohereCompass", "Ernie4_5_VLMoe", "PaddleOCRVL", "MiniMaxM3VL"].map(
    (type): typeof CANVASES[number] => [type, { patch_size: 14, merge_size: 2 }, { width: 308, height: 140 }],
  ),
  ["VideoLlama3", { patch_size: 14, merge_size: 2 }, { width: 308, height: 140 }],
  ["HunYuanVL", {}, { width: 288, height: 128 }],
  ["Cosmos3Edge", {}, { width: 288, height: 128 }],
  ["Glm4v", {}, { width: 196, height: 84 }], // a still picture counts twice
  ["Glmga", {}, { width: 196, height: 84 }],
  ["Emu3", { size: null, min_pixels: 200000, max_pixels: 50000 }, { width: 312, height: 152 }],
];

for (const [type, fields, canvas] of CANVASES) {
  Deno.test(`recipeFromConfig takes a least above the most: ${type}`, () => {
    const size = { shortest_edge: 200000, longest_edge: 50000 };
    const recipe = recipeFromConfig({ image_processor_type: `${type}ImageProcessor`, size, ...fields });
    assertEquals(planned(recipe, 2000, 1000)[0], canvas);
  });
}

Deno.test("recipeFromConfig takes max_pixels below min_pixels", () => {
  const recipe = recipeFromConfig({
    image_processor_type: "Qwen2VLImageProcessor",
    patch_size: 16,
    min_pixels: 200704,
    max_pixels: 50176,
  });
  const { images: [{ canvas, tokens }] } = planSample(recipe, [{ width: 1920, height: 1080 }]);
  assertEquals([canvas, tokens], [{ width: 288, height: 160 }, 45]);
});

Deno.test("recipeFromConfig takes a shortest edge above the longest", () => {
  const idefics2 = recipeFromConfig({
    image_processor_type: "Idefics2ImageProcessor",
    size: { shortest_edge: 981, longest_edge: 980 },
  });
  assertEquals(planned(idefics2, 60, 40)[0], { width: 981, height: 981 });
  const clip = recipeFromConfig({
    image_processor_type: "CLIPImageProcessor",
    size: { shortest_edge: 300, longest_edge: 224 },
    do_center_crop: false,
  });
  assertEquals(planned(clip, 60, 40)[0], { width: 224, height: 149 });
});

/** Grids of tiles that there are not, since the fewest are more than the most: Python takes a single tile. */
const NO_GRID: [type: string, fields: object, rows: number][] = [
  ["GotOcr2", { crop_to_patches: true, min_patches: 9, max_patches: 3 }, 1],
  ["Ovis2", { crop_to_patches: true, min_patches: 9, max_patches: 3, use_covering_area_grid: false }, 1],
];

for (const [type, fields, rows] of NO_GRID) {
  Deno.test(`recipeFromConfig takes the fewest tiles above the most: ${type}`, () => {
    const recipe = recipeFromConfig({ image_processor_type: `${type}ImageProcessor`, ...fields });
    const { images: [{ grid }], outputs } = planSample(recipe, [{ width: 2000, height: 1000 }]);
    assertEquals([grid, outputs.pixel_values.shape[0]], [[1, 1], rows]);
  });
}

Deno.test("recipeFromConfig takes the fewest tiles above the most: DeepseekOcr2", () => {
  const recipe = recipeFromConfig({ image_processor_type: "DeepseekOcr2ImageProcessor", min_patches: 7 });
  const { outputs } = planSample(recipe, [{ width: 2000, height: 1000 }]);
  assertEquals(outputs.pixel_values_local.shape, [1, 3, 768, 768]);
});

/** A config as Qwen2-VL's hub file has it: bounds beside a size that says the same. */
const BOUNDED = {
  image_processor_type: "Qwen2VLImageProcessor",
  min_pixels: 3136,
  max_pixels: 12845056,
  size: { shortest_edge: 3136, longest_edge: 12845056 },
};

Deno.test("recipeWith and recipeFromConfig let a size that is given go before the config's bounds", () => {
  const size = { shortest_edge: 3136, longest_edge: 20000 }, expected = [{ width: 168, height: 112 }, 96];
  const recipe = recipeFromConfig(BOUNDED);
  assertEquals(planned(recipe, 300, 200), [{ width: 308, height: 196 }, 308]);
  assertEquals(planned(recipeWith(recipe, { size }), 300, 200), expected);
  assertEquals(planned(recipeFromConfig(BOUNDED, { size }), 300, 200), expected);
  assertEquals(planned(recipeWith(recipe, { max_pixels: 20000 }), 300, 200), expected);
  assertEquals(planned(recipeFromConfig(BOUNDED, { max_pixels: 20000 }), 300, 200), expected);
  // Bounds that are given with it go before it, as a config's do.
  const both = recipeWith(recipe, {
    size: { shortest_edge: 4, longest_edge: 784 },
    ...{ max_pixels: 20000 },
  });
  assertEquals(planned(both, 300, 200), expected);
});

/** Counts that no plan has, each with what names it. */
const BEYOND: [config: Record<string, unknown>, message: string][] = [
  [{ image_processor_type: "GotOcr2ImageProcessor", max_patches: 100000 }, "max_patches is 1024 at most"],
  [{ image_processor_type: "Idefics3ImageProcessor", image_seq_len: 1e9 }, "300x200 would become"],
  [{ image_processor_type: "Idefics3ImageProcessor", size: 100000 }, "300x200: it would be cut into"],
  [{ image_processor_type: "Idefics3ImageProcessor", size: 2 ** 53 - 1 }, "size is of no more than 1048576"],
  [{ image_processor_type: "ViTImageProcessor", size: 1e6 }, "300x200 would become 1000000x1000000"],
  [{ image_processor_type: "Siglip2ImageProcessor", max_num_patches: 1e9 }, "max_num_patches is 65536 at"],
  [{ image_processor_type: "LlavaNextImageProcessor", crop_size: 1 }, "crop_size is such that a picture has"],
  [{ image_processor_type: "Gemma4ImageProcessor", pooling_kernel_size: 1e5 }, "pooling_kernel_size is of"],
  [{ image_processor_type: "BlipImageProcessor", num_query_tokens: 1e9 }, "would become 1000000000 tokens"],
  [{ image_processor_type: "Lfm2VlImageProcessor", max_image_tokens: 1e9 }, "max_image_tokens is of 65536"],
  [{ image_processor_type: "Lfm2VlImageProcessor", min_tiles: 2, max_tiles: 1 }, "min_tiles is 1 at most"],
  [{ video_processor_type: "Qwen3VLVideoProcessor", max_frames: 1e9 }, "max_frames is 65536 at most"],
];

Deno.test("planSample and recipeFromConfig refuse counts that no memory holds, by name", () => {
  for (const [config, message] of BEYOND) {
    assertThrows(
      () => planSample(recipeFromConfig(config), [{ width: 300, height: 200 }]),
      VitrailError,
      message,
    );
  }
});

Deno.test("planSample keeps a placeholder as its parts", () => {
  const config = { image_processor_type: "Idefics3ImageProcessor", image_seq_len: 100000 };
  const { images: [{ parts, placeholder, tokens }] } = planSample(recipeFromConfig(config), [
    { width: 300, height: 200 },
  ]);
  assertEquals([parts!.length, tokens], [31, 1300000]);
  assertEquals(placeholder!.length, 9100000 + placeholder!.replaceAll("<image>", "").length);
});
