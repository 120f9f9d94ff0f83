import type { Engine } from "../../engine/engine.ts";
import type { RunOptions } from "../../engine/options.ts";
import { decidedPlan } from "../../plan/images/decided_plan.ts";
import { ioError } from "../../formats/io_error.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import { mapLimited } from "../../engine/run/map_limited.ts";
import { markOf, type PictureFile } from "./picture_files.ts";
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

/**
 * The most elements that are kept, of 4 bytes each: each sample is planned twice, for the set and for its
 * shard, and its pictures need not be decoded twice for that.
 */
const MOST_KEPT = 2 ** 23;

/** The most files whose marks are read at one time. */
const MARKS_AT_ONCE = 16;

/**
 * Returns what decides plans, by the values that the engine makes of their pictures.
 * @param engine opens the engine, when a plan is the first that waits for pixels
 * @param reading the way in which pictures are read
 * @param most the most elements that are kept
 */
export function decidingBy(
  engine: () => Promise<Engine>,
  pictureOf: PictureSource,
  reading: Pick<RunOptions, "orient" | "alpha" | "maxPixels" | "maxBytes" | "damaged">,
  most = MOST_KEPT,
): Decide {
  const kept = new Map<string, Record<string, Int32Array>>();
  let room = most;
  return async (plan, files, signal) => {
    const marks = await marksOf(files); // as they are now: a shard's rows are those of now, too
    const key = JSON.stringify([plan.samples, files.map(({ path }, index) => [path, marks[index]])]);
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

/** Returns a mark of each file's bytes as they are now. */
async function marksOf(files: readonly PictureFile[]): Promise<string[]> {
  const marks: string[] = [];
  await mapLimited([...files.entries()], MARKS_AT_ONCE, async ([index, { path, stored }]) => {
    marks[index] = stored?.sha256 ?? markOf(await statOf(path));
  });
  return marks;
}

function statOf(path: string): Promise<Deno.FileInfo> {
  return Deno.stat(path).catch((error) => {
    throw ioError("read the picture", path, error);
  });
}
