import { assert, assertEquals } from "@std/assert";
import { VitrailError } from "../../src/errors.ts";
import type { Size } from "../../src/plan/geometry.ts";
import { recipeFromConfig } from "../../src/recipes/config.ts";
import { VIDEO_FAMILIES } from "../../src/recipes/families/clips/video_families.ts";
import { FAMILIES } from "../../src/recipes/families/families.ts";
import { planSample } from "../../src/recipes/plan_sample.ts";
import { sampleFrames } from "../../src/recipes/sample_frames.ts";
import { hostileClasses, type HostileConfig, hostileConfigs } from "../support/fuzz/hostile_configs.ts";
import { EVERY_CALL } from "../support/golden/golden_calls.ts";
import { residentMiB } from "../support/memory.ts";

const SIZES: readonly Size[] = [[300, 200], [1, 20000], [1920, 1080]].map(([width, height]) => ({
  width,
  height,
}));

/** The configs that are tried. */
const COUNT = EVERY_CALL ? 20000 : 400;

/** The longest that a plan may take, ms: a second, and more where a machine has other work. */
const LONGEST = 5000;

Deno.test("hostileConfigs are planned or refused by name, in bounded time and memory", () => {
  const before = residentMiB();
  let tried = 0, planned = 0;
  for (const hostile of hostileConfigs(20)) {
    if (tried++ === COUNT) break;
    const start = performance.now();
    planned += plansOf(hostile);
    const took = performance.now() - start;
    assert(took < LONGEST, `${hostile.name} took ${took} ms`);
  }
  assert(planned > COUNT / 4, `${planned} plans of ${COUNT} configs`);
  const grown = residentMiB() - before;
  assert(grown < 200, `${COUNT} configs left ${grown} MiB behind`);
});

Deno.test("hostileClasses are all classes, each with fields of numbers", () => {
  const classes = hostileClasses(), named = classes.flatMap(({ type }) => Object.values(type));
  assertEquals(named, [...FAMILIES, ...VIDEO_FAMILIES].flatMap(({ types }) => types));
  for (const { type, numbers } of classes) assert(numbers.length >= 4, `${Object.values(type)}: ${numbers}`);
});

/** Plans a config's pictures, and returns how many of them it takes. */
function plansOf({ name, config, clips }: HostileConfig): number {
  return SIZES.filter((size) => {
    try {
      const recipe = recipeFromConfig(config);
      if (!clips) return planSample(recipe, [size]);
      const { indices } = sampleFrames(recipe, { frames: 240, fps: 24 }), count = Math.min(indices.length, 6);
      return planSample(recipe, Array(count).fill(size), "f32", [count]);
    } catch (error) {
      assert(error instanceof VitrailError, `${name}: ${error}`);
      assert(error.message.length < 1000, `${name}: ${error.message}`);
      return false;
    }
  }).length;
}
