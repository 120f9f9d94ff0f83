import { assertEquals, assertThrows } from "@std/assert";
import { planPart } from "../../src/engine/lanes/lane_work.ts";
import { VitrailError } from "../../src/errors.ts";
import { Composer } from "../../src/plan/composer.ts";
import type { Size } from "../../src/plan/geometry.ts";
import { recipeFromConfig } from "../../src/recipes/config.ts";
import { planSample } from "../../src/recipes/plan_sample.ts";

const DOT: Size = { width: 2, height: 2 };

/** Appends an image of one row of an output, all of a picture; `of` is the output that it calls its own. */
function addImage(composer: Composer, picture: number, output?: string, of = output): void {
  const main = composer.canvas({
    canvas: DOT,
    fill: [0, 0, 0],
    placements: [{
      source: { picture },
      crop: { left: 0, top: 0, right: 2, bottom: 2 },
      content: DOT,
      offset: { x: 0, y: 0 },
      filter: "box",
      order: "horizontal-first",
    }],
    target: composer.target(output ?? "pixel_values", DOT, "c p q -> 1 c p q"),
  });
  composer.image({ size: DOT, main, grid: [1, 1], ...(of ? { output: of } : {}) });
}

Deno.test("Composer groups rows by returnEach, which is no generator, as by returnEachInSteps", () => {
  for (const counts of [[1, 1], [2, 1]]) {
    const [plain, stepped] = [0, 1].map(() => {
      const composer = new Composer([DOT, DOT, DOT], [3], "u8", false);
      for (let picture = 0; picture < counts[0] + counts[1]; picture++) addImage(composer, picture);
      return composer;
    });
    plain.returnEach("pixel_values", counts);
    assertEquals([...stepped.returnEachInSteps("pixel_values", counts)], []);
    const recipe = recipeFromConfig({ image_processor_type: "CLIPImageProcessor" });
    const [{ outputs }, expected] = [plain.finish(recipe), stepped.finish(recipe)];
    assertEquals(outputs, expected.outputs);
    const { as, lists } = outputs.pixel_values;
    assertEquals([as, lists], counts[0] === 1 ? [[2, 1, 3, 2, 2], undefined] : [undefined, [2, 1]]);
  }
});

Deno.test("Composer takes more images than pictures, and images whose output is another's or none", () => {
  const composer = new Composer([DOT], [1], "u8", false);
  for (let image = 0; image < 5; image++) addImage(composer, 0, image % 2 ? "odd" : undefined);
  addImage(composer, 0, undefined, "none");
  const { images } = composer.finish(recipeFromConfig({ image_processor_type: "CLIPImageProcessor" }));
  assertEquals(images.map(({ rows }) => rows), [[0, 1], [0, 1], [1, 2], [1, 2], [2, 3], [0, 0]]);
  assertEquals(images.map(({ views }) => views), [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5], [5, 6]]);
  assertEquals(images.map(({ main }) => main), [0, 1, 2, 3, 4, 5]);
});

/** As many pictures as a list does not hold in one piece, all of one size but the last. */
const MANY: readonly Size[] = Array.from({ length: 2 ** 15 + 1 }, (_, index) => {
  return index < 2 ** 15 ? { width: 20, height: 10 } : { width: 900, height: 10 };
});

Deno.test("planPart gives a Worker its part of a plan whose outputs are lists of many groups", () => {
  const recipe = recipeFromConfig({ image_processor_type: "PerceptionLMImageProcessor" });
  const plan = planSample(recipe, MANY, "u8");
  assertEquals(plan.outputs.pixel_values.lists?.length, MANY.length);
  const part = planPart(plan, { from: 0, to: 1 });
  assertEquals(structuredClone(part).images.length, 1);
});

Deno.test("Plan.images and Plan.views of many pictures are sorted and cloned as copies", () => {
  const { images, views } = planSample(
    recipeFromConfig({ image_processor_type: "CLIPImageProcessor" }),
    MANY,
  );
  const copy = structuredClone(images.slice()).sort((a, b) => b.rows[0] - a.rows[0]);
  assertEquals([copy[0].rows[1], structuredClone(views.slice()).length], [MANY.length, MANY.length]);
});

Deno.test("planSample takes more pictures than a plain list holds, and keeps what it was given", () => {
  for (const type of ["LlavaNextImageProcessor", "LlavaOnevisionImageProcessor"]) {
    const pictures = MANY.slice(), recipe = recipeFromConfig({ image_processor_type: type });
    const { integers, outputs, pictures: own } = planSample(recipe, pictures, "u8");
    pictures.reverse();
    assertEquals(structuredClone(own).at(-1), MANY.at(-1));
    const { shape, values } = integers.image_sizes, sizes = values as readonly number[];
    assertEquals(structuredClone(sizes.slice()).length, 2 * MANY.length);
    assertEquals([shape, sizes[0], sizes[1], sizes.at(-1)], [[MANY.length, 2], 10, 20, 900], type);
    assertEquals(outputs.pixel_values.as?.[0], MANY.length, type);
  }
});

Deno.test("Composer composes pictures of one size once in each group", () => {
  const composer = new Composer(Array(4).fill(DOT), [4], "u8", false), [one, other] = [{}, {}];
  const made = [one, other, one, other].map((group, picture) => {
    return composer.alike(picture, group, () => (addImage(composer, picture), `of ${picture}`));
  });
  assertEquals(made, ["of 0", "of 1", "of 0", "of 1"]);
  const { images, views } = composer.finish(recipeFromConfig({ image_processor_type: "CLIPImageProcessor" }));
  assertEquals(images.map(({ rows }) => rows), [[0, 1], [1, 2], [2, 3], [3, 4]]);
  const placements = views.flatMap((view) => view.kind === "canvas" ? view.placements : []);
  assertEquals(placements.map(({ source }) => source), [0, 1, 2, 3].map((picture) => ({ picture })));
});

Deno.test("Composer refuses a picture that is composed alike and closes no image, or several", () => {
  for (const [images, views] of [[0, 0], [2, 0], [1, 1]]) {
    const composer = new Composer(Array(2).fill(DOT), [2], "u8", false);
    const compose = () => {
      for (let image = 0; image < images; image++) addImage(composer, 0);
      for (let view = 0; view < views; view++) composer.blank("pixel_values", 1);
    };
    const { code, message } = assertThrows(() => composer.alike(0, {}, compose), VitrailError);
    assertEquals(code, "usage");
    assertEquals(
      message,
      "alike composes a picture as one image, with no view after it; picture 1 closed " +
        `${images} images: close one, after all its views`,
    );
  }
});
