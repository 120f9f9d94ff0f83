/**
 * Configs of every class with fields that no published file has, planned on pictures of extreme sizes. Those
 * of clips choose frames of a clip that claims an extreme count and rate.
 */

import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { sampleFrames } from "../../../src/recipes/sample_frames.ts";
import { hostileConfigs } from "../../support/fuzz/hostile_configs.ts";
import { oneOf } from "../../support/fuzz/draws.ts";
import { type FuzzRow, orOurError } from "../fuzz_row.ts";

const SIDES = [1, 2, 27, 28, 224, 640, 1000, 3000, 20_000];
const COUNTS = [1, 2, 3, 240, 65_537, 5e7, 2 ** 40, 2 ** 53 - 1], RATES = [1e-6, 0.001, 1, 23.976, 1000, 1e6];

export function open(): Promise<FuzzRow> {
  return Promise.resolve({
    input(draw) {
      const [{ config, clips }] = hostileConfigs(draw(2 ** 31));
      const size = { width: oneOf(draw, SIDES), height: oneOf(draw, SIDES) };
      const sizes = Array.from({ length: clips ? 4 : 1 + draw(2) }, () => size);
      const clip = clips ? { frames: oneOf(draw, COUNTS), fps: oneOf(draw, RATES) } : undefined;
      return { bytes: new TextEncoder().encode(JSON.stringify({ config, sizes, clip })), ending: "json" };
    },
    async attack({ bytes }) {
      const { config, sizes, clip } = JSON.parse(new TextDecoder().decode(bytes));
      const recipe = await orOurError(() => recipeFromConfig(config));
      if (recipe === undefined) return undefined;
      if (clip) await orOurError(() => sampleFrames(recipe, clip, { do_sample_frames: true }));
      const plan = await orOurError(() => planSample(recipe, sizes));
      const tokens = plan?.images.find(({ tokens = 1 }) => !Number.isSafeInteger(tokens) || tokens < 0);
      return tokens && `an image of ${tokens.tokens} tokens`;
    },
  });
}
