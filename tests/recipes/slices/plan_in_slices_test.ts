import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import { VIDEO_FAMILIES } from "../../../src/recipes/families/clips/video_families.ts";
import { FAMILIES } from "../../../src/recipes/families/families.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planInSlices } from "../../../src/recipes/plan_in_slices.ts";
import { planBegun, planSample } from "../../../src/recipes/plan_sample.ts";
import type { Composer } from "../../../src/plan/composer.ts";
import type { Size } from "../../../src/plan/geometry.ts";
import { type Recipe, takesClips } from "../../../src/recipes/recipe.ts";
import { ixc24khd } from "../../../src/recipes/tiled/ixc.ts";
import { runtime } from "../../../src/runtime/here.ts";
import { flatMapInSteps, mapInSteps, STEP } from "../../../src/runtime/in_steps.ts";
import { ONE_PIECE } from "../../../src/runtime/long_list.ts";

/** The fields without which a class makes no recipe. */
const WANTED: Record<string, object> = {
  NougatImageProcessor: { do_crop_margin: false },
  Ernie4_5_VLMoeVideoProcessor: { draw_on_frames: false },
};

const RECIPES = [
  ...FAMILIES.map(({ types: [type] }) => recipeFromConfig({ image_processor_type: type, ...WANTED[type] })),
  ...VIDEO_FAMILIES.map(({ types: [type] }) => {
    return recipeFromConfig({ video_processor_type: type, ...WANTED[type] });
  }),
  ixc24khd(),
];

const PICTURE = { width: 90, height: 120 }, LARGE = { width: 180, height: 240 };

Deno.test("planBegun takes a step an image in every family, and makes planSample's plan", () => {
  for (const recipe of RECIPES) {
    const call = [recipe, Array(8).fill(PICTURE), "f32", [4, 4]] as const;
    const { composing, finish } = planBegun(...call);
    let steps = 0;
    while (!composing.next().done) steps++;
    const plan = finish(), { images, outputs, integers } = planSample(...call);
    assertEquals(steps, images.length, recipe.name);
    assertEquals([plan.outputs, plan.integers], [outputs, integers]);
    assertEquals(JSON.stringify(plan.images), JSON.stringify(images)); // written out
  }
});

Deno.test("planBegun reads no more pictures than a step's between two steps, in every family", () => {
  let reads = 0;
  const get = (list: readonly Size[], key: string | symbol) => {
    if (typeof key === "string" && key !== "length") reads++;
    return Reflect.get(list, key);
  };
  const picture = {
    ...PICTURE,
    get width() {
      reads++;
      return PICTURE.width;
    },
  };
  for (const recipe of RECIPES) {
    if (recipe.kind === "tiles" || takesClips(recipe)) continue;
    const compose = (composer: Composer) =>
      recipe.compose(Object.assign(composer, { pictures: new Proxy(composer.pictures, { get }) }));
    const { composing } = planBegun({ ...recipe, compose }, Array<Size>(2 * STEP + 3).fill(picture), "f32");
    reads = 0;
    let before = 0, most = 0;
    for (let step = 0; step < 16; step++) { // those before images, and some of images
      composing.next();
      most = Math.max(most, reads - before);
      before = reads;
    }
    assert(before > 0 && most <= STEP + 4, `${recipe.name}: ${most} of ${before} at once`);
  }
  const { composing } = planBegun(ixc24khd(), Array<Size>(ONE_PIECE + 2 * STEP).fill(picture), "f32");
  reads = 0;
  for (let step = 1; step <= 2; step++) { // those that copy what was not copied at once
    composing.next();
    assertEquals(reads, step * STEP);
  }
});

/** Returns the plan, as JSON, of a call whose lists are changed after so many steps. */
function planChanged(recipe: Recipe, steps: number, change: (given: ReturnType<typeof callOf>) => void) {
  const given = callOf(recipe), { pictures, samples, clips } = given;
  const { composing, finish } = planBegun(recipe, pictures, "f32", samples, clips);
  for (let step = 0; step < steps; step++) composing.next();
  change(given);
  while (!composing.next().done);
  return JSON.stringify(finish());
}

/** Returns a call of two samples, or of two clips. */
function callOf(recipe: Recipe) {
  const pictures = Array.from({ length: 4 }, () => ({ ...PICTURE }));
  const clips = takesClips(recipe) ? [{ indices: [0, 8] }, { indices: [4, 8] }] : undefined;
  return { pictures, samples: [2, 2], clips };
}

Deno.test("planBegun plans the call as it was given, in every family, whatever becomes of its lists", () => {
  for (const recipe of RECIPES) {
    const whole = planChanged(recipe, 0, () => {});
    const moved = planChanged(recipe, 0, ({ pictures, samples, clips }) => {
      pictures.fill(LARGE).pop();
      samples.push(1);
      clips?.reverse().pop();
    });
    const resized = planChanged(recipe, 1, ({ pictures, clips }) => {
      for (const picture of pictures) picture.width = 999;
      clips?.[0].indices.reverse();
    });
    assertEquals([moved, resized], [whole, whole], recipe.name);
  }
});

Deno.test("planSample keeps its own sizes, which the caller's objects do not change later", () => {
  const pictures = Array.from({ length: 5 }, () => ({ width: 56, height: 56 }));
  const plan = planSample(recipeFromConfig({ image_processor_type: "Qwen2VLImageProcessor" }), pictures);
  pictures[0].width = 999;
  assertEquals(plan.pictures, Array(5).fill({ width: 56, height: 56 }));
  assertEquals(plan.images.map(({ size }) => size), plan.pictures);
});

Deno.test("planBegun pauses within a long clip, in every family", () => {
  for (const recipe of RECIPES.filter(takesClips)) {
    const count = STEP + 2; // whole steps of frames
    const { composing } = planBegun(recipe, Array(count).fill(PICTURE), "f32", [count]);
    // While sizes are compared and composed, after the image, and where an output lists them.
    const listed = recipe.name === "minicpmv4_6" ? 1 : 0;
    assertEquals([...composing].length, 3 + listed, recipe.name);
  }
});

Deno.test("mapInSteps and flatMapInSteps yield every so many entries, and give what map does", () => {
  const list = Array.from({ length: 2 * STEP + 5 }, (_, i) => i);
  const mapped = mapInSteps(list, (i) => 2 * i), flat = flatMapInSteps(list, (i) => [i, -i]);
  const whole = [list.map((i) => 2 * i), list.flatMap((i) => [i, -i])];
  for (const [index, made] of [mapped, flat].entries()) {
    const results = [made.next(), made.next(), made.next()];
    assertEquals(results.map(({ done }) => done), [false, false, true]);
    assertEquals(results[2].value, whole[index]);
  }
});

Deno.test("planSample refuses a recipe that composes by a plain function", () => {
  const plain = { ...RECIPES[0], name: "mine", kind: "processor", compose() {} } as unknown as Recipe;
  assertEquals(
    assertThrows(() => planSample(plain, [PICTURE]), VitrailError).message,
    "the recipe mine composes without yielding; write *compose(composer) and yield composer.image(…)",
  );
});

/** Runs work while each look at the clock finds it a millisecond later, and counts the turns of others. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  const { now } = performance, { turn } = runtime;
  let time = 0, turns = 0;
  performance.now = () => time++;
  runtime.turn = async () => {
    turns++;
    await turn();
  };
  try {
    await work();
  } finally {
    performance.now = now;
    runtime.turn = turn;
  }
  return turns;
}

Deno.test("planInSlices gives others a turn after so many pictures, and none before", async () => {
  const recipe = ixc24khd(), pictures = Array(1000).fill(PICTURE);
  const turns = await turnsDuring(async () => {
    assertEquals(await planInSlices(recipe, pictures), planSample(recipe, pictures));
  });
  assertEquals(await turnsDuring(() => planInSlices(recipe, pictures.slice(0, 8))), 0);
  assert(turns >= 70 && turns <= 100, `${turns} turns in a second`);
});

Deno.test("planInSlices ends between two images, where its signal is aborted", async () => {
  const ending = new AbortController(), reason = new RangeError("enough");
  const pictures = Array(1000).fill(PICTURE);
  const turns = await turnsDuring(async () => {
    const made = planInSlices(ixc24khd(), pictures, "f32", undefined, undefined, ending.signal);
    ending.abort(reason);
    assertEquals(await assertRejects(() => made), reason);
  });
  assertEquals(turns, 1);
});
