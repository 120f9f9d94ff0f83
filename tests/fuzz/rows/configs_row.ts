/** Configs of every class with fields that no published file has, planned on pictures of extreme sizes. */

import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { hostileConfigs } from "../../support/fuzz/hostile_configs.ts";
import { oneOf } from "../../support/fuzz/draws.ts";
import { type FuzzRow, orOurError } from "../fuzz_row.ts";

const SIDES = [1, 2, 27, 28, 224, 640, 1000, 3000, 20_000];

export function open(): Promise<FuzzRow> {
  return Promise.resolve({
    input(draw) {
      const [{ config, clips }] = hostileConfigs(draw(2 ** 31));
      const size = { width: oneOf(draw, SIDES), height: oneOf(draw, SIDES) };
      const sizes = Array.from({ length: clips ? 4 : 1 + draw(2) }, () => size);
      return { bytes: new TextEncoder().encode(JSON.stringify({ config, sizes })), ending: "json" };
    },
    async attack({ bytes }) {
      const { config, sizes } = JSON.parse(new TextDecoder().decode(bytes));
      const recipe = await orOurError(() => recipeFromConfig(config));
      if (recipe === undefined) return undefined;
      const plan = await orOurError(() => planSample(recipe, sizes));
      const tokens = plan?.images.find(({ tokens = 1 }) => !Number.isSafeInteger(tokens) || tokens < 0);
      return tokens && `an image of ${tokens.tokens} tokens`;
    },
  });
}
