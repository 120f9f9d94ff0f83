import { LRUCache } from "npm:lru-cache@11.5.3";
import { sourcePictures } from "../../engine/run/chunks.ts";
import type { Dtype } from "../../plan/dtype.ts";
import type { Size } from "../../plan/geometry.ts";
import { planSample } from "../../recipes/plan_sample.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import {
  type ImageDocument,
  imageDocument,
  type OutputDocument,
  outputsDocument,
  tokensOfPlan,
} from "../../report/plan_document.ts";

/** The plan of some pictures by their sizes, as JSON gives it. */
export interface SizePlan {
  readonly outputs: Readonly<Record<string, OutputDocument>>;
  readonly tokens: number | null;
  readonly images: readonly ImageDocument[];
  /** The pictures of each image, by their places. */
  readonly sources: readonly (readonly number[])[];
}

/** The characters of plans that are remembered. */
const MOST = 2 ** 26;

/** Plans of pictures by their sizes, of which those that were asked for last are remembered. */
export class SizePlans {
  readonly #known = new LRUCache<string, SizePlan>({
    maxSize: MOST,
    sizeCalculation: (plan, key) => JSON.stringify(plan).length + key.length,
  });

  /** Creates the plans of a recipe; `dtype` is the type of the pixels' elements. */
  constructor(readonly recipe: Recipe, readonly dtype: Dtype) {}

  /**
   * Returns the plan of pictures of some sizes.
   * @throws {VitrailError} what `planSample` throws.
   */
  of(sizes: readonly Size[]): SizePlan {
    if (sizes.length === 0) return { outputs: {}, tokens: 0, images: [], sources: [] };
    const key = sizes.map(({ width, height }) => `${width}x${height}`).join(" ");
    const known = this.#known.get(key);
    if (known) return known;
    const plan = planSample(this.recipe, sizes, this.dtype);
    const made = {
      outputs: outputsDocument(plan),
      tokens: tokensOfPlan(plan),
      images: plan.images.map(imageDocument),
      sources: plan.images.map((image) => sourcePictures(plan, image)),
    };
    this.#known.set(key, made);
    return made;
  }
}
