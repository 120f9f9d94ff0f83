import type { Engine } from "../../engine/engine.ts";
import type { RunOptions } from "../../engine/options.ts";
import { decidedPlan } from "../../plan/images/decided_plan.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import type { PictureFile } from "./picture_files.ts";
import type { PictureSource } from "./picture_source.ts";

/**
 * Returns a sample's plan with all in it decided that waits for pixels: which tokens of a clip are kept, for
 * one, and with that its text and its length. Its pictures are decoded for that.
 */
export type Decide = (
  plan: Plan<Recipe>,
  files: readonly PictureFile[],
  signal?: AbortSignal,
) => Promise<Plan<Recipe>>;

/** The most elements that are kept, of 4 bytes: a set is planned, and planned again shard by shard. */
const MOST_KEPT = 2 ** 23;

/**
 * Returns what decides plans, by the values that the engine makes of their pictures.
 * @param engine opens the engine, when a plan is the first that waits for pixels
 * @param reading the way in which pictures are read
 */
export function decidingBy(
  engine: () => Promise<Engine>,
  pictureOf: PictureSource,
  reading: Pick<RunOptions, "orient" | "alpha" | "maxPixels" | "maxBytes" | "damaged">,
): Decide {
  const kept = new Map<string, Record<string, Int32Array>>();
  let room = MOST_KEPT;
  return async (plan, files, signal) => {
    const key = JSON.stringify(files.map(({ path, mark, stored }) => [path, mark, stored?.sha256]));
    const elements = kept.get(key) ?? await elementsOf(plan, files, signal);
    const count = Object.values(elements).reduce((sum, { length }) => sum + length, 0);
    if (!kept.has(key) && count <= room) {
      kept.set(key, elements);
      room -= count;
    }
    return decidedPlan(plan, elements);
  };

  async function elementsOf(
    plan: Plan<Recipe>,
    files: readonly PictureFile[],
    signal?: AbortSignal,
  ): Promise<Record<string, Int32Array>> {
    const pictures = await Promise.all(files.map(pictureOf));
    const made = await (await engine()).runPlan(plan, pictures, { ...reading, signal });
    const elements: Record<string, Int32Array> = {};
    try {
      for (const [name, { of, derive }] of Object.entries(plan.derived)) {
        elements[name] = Int32Array.from(derive(await made[of].data() as Float32Array));
      }
    } finally {
      for (const tensor of Object.values(made)) tensor.dispose();
    }
    return elements;
  }
}
