import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import { type Size, sizeText } from "../../../src/plan/geometry.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import type { CanvasView } from "../../../src/plan/view.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { VIDEO_FAMILIES } from "../../../src/recipes/families/clips/video_families.ts";
import { FAMILIES } from "../../../src/recipes/families/families.ts";
import { mostOf } from "../../../src/recipes/parts/placements.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";

/** From a single pixel to the longest pictures that there are, lying and standing. */
const SIZES: readonly Size[] = [
  ...[[1, 1], [1, 2], [2, 1], [3, 3], [1, 200], [200, 1], [27, 29], [56, 28], [1920, 1080]],
  ...[[1, 5000], [5000, 1], [1, 20000], [20000, 1], [33, 20000], [20000, 33]],
].map(([width, height]) => ({ width, height }));

/** The fields without which a class makes no recipe. */
const WANTED: Record<string, object> = {
  NougatImageProcessor: { do_crop_margin: false },
  Ernie4_5_VLMoeVideoProcessor: { draw_on_frames: false },
};

/** The recipe of a class, or undefined where it refuses a field by its name. */
function recipeOf(config: Record<string, unknown>): Recipe | undefined {
  try {
    return recipeFromConfig(config);
  } catch (error) {
    assert(error instanceof VitrailError && /: (do_resize|backend) is /.test(error.message), String(error));
    return undefined;
  }
}

const CLASSES = [
  ...FAMILIES.map(({ types: [type] }) => ({ type, clips: false })),
  ...VIDEO_FAMILIES.map(({ types: [type] }) => ({ type, clips: true })),
];

for (const { type, clips } of CLASSES) {
  Deno.test(`planSample plans every size or names it: ${type}`, () => {
    const named = { [clips ? "video_processor_type" : "image_processor_type"]: type, ...WANTED[type] };
    for (const fields of [{}, { do_resize: false }, { backend: "pil" }]) {
      const recipe = recipeOf({ ...named, ...fields });
      if (recipe === undefined) continue;
      for (const size of SIZES) {
        try {
          requireWhole(
            clips ? planSample(recipe, Array(4).fill(size), "f32", [4]) : planSample(recipe, [size]),
          );
        } catch (error) {
          assert(error instanceof VitrailError, `${sizeText(size)}: ${error}`);
          assertStringIncludes(error.message, sizeText(size));
          if ("do_resize" in fields) {
            assert(/do_resize|pad_size|max_image_tokens|lines of|side/.test(error.message), error.message);
          }
        }
      }
    }
  });
}

/** Requires that no canvas, content or output is empty or broken, and that a count of tokens is none of 0. */
function requireWhole({ images, views, outputs }: Plan): void {
  const canvases = views.filter((view): view is CanvasView => view.kind === "canvas");
  for (const { canvas, placements } of canvases) {
    for (const { width, height } of [canvas, ...placements.map(({ content }) => content)]) {
      assert(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0);
    }
  }
  for (const { shape } of Object.values(outputs)) assert(shape.every((n) => Number.isInteger(n) && n > 0));
  for (const { tokens = 1 } of images) assert(Number.isInteger(tokens) && tokens > 0, `${tokens} tokens`);
}

Deno.test("planSample says of pictures of two sizes what keeps them apart", () => {
  for (const { type } of CLASSES.filter(({ clips }) => !clips)) {
    const recipe = recipeOf({
      image_processor_type: type,
      do_resize: false,
      do_center_crop: false,
      ...WANTED[type],
    });
    if (recipe === undefined) continue;
    try {
      planSample(recipe, [{ width: 840, height: 336 }, { width: 336, height: 336 }]);
    } catch (error) {
      assert(error instanceof VitrailError, `${type}: ${error}`);
      assert(!error.message.includes("uniform"), error.message);
      assert(/do_resize|do_pad|pad_size/.test(error.message), `${type}: ${error.message}`);
    }
  }
});

/** The classes that return a row of zeros for a sample without pictures. */
const ROWS = ["Idefics2", "Idefics3", "SmolVLM", "Mllama"].map((name) => `${name}ImageProcessor`);

Deno.test("planSample takes samples without pictures of every family", () => {
  const size = { width: 120, height: 90 };
  for (const { type } of CLASSES.filter(({ clips }) => !clips)) {
    const recipe = recipeFromConfig({ image_processor_type: type, ...WANTED[type] });
    const found = planSample(recipe, [size, size], "f32", [0, 1, 0, 1]);
    const without = planSample(recipe, [size, size], "f32", [1, 1]);
    if (ROWS.includes(type)) {
      const [, ...rest] = without.outputs.pixel_values.as!;
      assertEquals(found.outputs.pixel_values.as, [4, ...rest], type);
    } else assertEquals([found.outputs, found.integers], [without.outputs, without.integers], type);
  }
});

Deno.test("mostOf takes as many numbers as there are pictures", () => {
  assertEquals(mostOf(Array.from({ length: 200_000 }, (_, i) => i * 7 % 200_003)), 200_002);
});
