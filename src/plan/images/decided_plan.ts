import type { Plan } from "../plan.ts";
import type { Preprocessing } from "../preprocessing.ts";
import { requireText } from "./limits.ts";
import { imageWith } from "./placeholder.ts";

/**
 * Returns a plan once its pixels are known. What they decide becomes integers like all others, and gives each
 * image its text.
 * @param elements the elements of each derived output, by its name
 * @throws {VitrailError} as a plan does, for an image of no token, or of more than there may be.
 */
export function decidedPlan<R extends Preprocessing>(
  plan: Plan<R>,
  elements: Readonly<Record<string, ArrayLike<number>>>,
): Plan<R> {
  const integers = { ...plan.integers };
  let { images } = plan;
  for (const [name, { dtype, shape, texts }] of Object.entries(plan.derived)) {
    const values = Array.from(elements[name]), own = texts(values);
    integers[name] = { dtype, shape, values };
    images = images.map((image, index) => {
      const decided = imageWith(image, own[index]);
      requireText(decided);
      return decided;
    });
  }
  return { ...plan, images, integers, derived: {} };
}
