import { LRUCache } from "npm:lru-cache@11.5.3";
import { sourcePictures } from "../../engine/run/chunks.ts";
import type { Dtype } from "../../plan/dtype.ts";
import type { Size } from "../../plan/geometry.ts";
import { planInSlices } from "../../recipes/plan_in_slices.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import { imageDocument, outputsDocument, tokensOfPlan } from "../../report/plan_document.ts";

/** The plan of some pictures by their sizes, written as JSON but for what each request adds. */
export interface SizePlan {
  /** Its fields but for the images, without braces. */
  readonly fields: string;
  /** Each image, without its last brace. */
  readonly images: readonly string[];
  /** The pictures of each image, by their places. */
  readonly sources: readonly (readonly number[])[];
}

/** The characters of plans that are remembered. */
const MOST = 2 ** 26;

/** Plans of pictures by their sizes, of which those that were asked for last are remembered. */
export class SizePlans {
  readonly #known = new LRUCache<string, SizePlan>({
    maxSize: MOST,
    sizeCalculation: ({ fields, images }, key) =>
      images.reduce((sum, { length }) => sum + length, fields.length + key.length),
  });

  /** Creates the plans of a recipe; `dtype` is the type of the pixels' elements. */
  constructor(readonly recipe: Recipe, readonly dtype: Dtype) {}

  /**
   * Returns the plan of pictures of some sizes as JSON.
   * @param facts returns what is added to an image, by the places of its pictures
   * @throws {VitrailError} what `planInSlices` throws; the signal's reason where it is aborted.
   */
  async json(
    sizes: readonly Size[],
    facts: (sources: readonly number[]) => object,
    signal: AbortSignal,
  ): Promise<string> {
    const { fields, images, sources } = await this.#of(sizes, signal);
    const own = images.map((image, index) => `${image},${JSON.stringify(facts(sources[index])).slice(1)}`);
    return `{${fields},"images":[${own.join(",")}]}\n`;
  }

  async #of(sizes: readonly Size[], signal: AbortSignal): Promise<SizePlan> {
    const key = sizes.map(({ width, height }) => `${width}x${height}`).join(" ");
    const known = this.#known.get(key);
    if (known) return known;
    const made = sizes.length === 0 ? this.#written({}, 0) : await this.#planned(sizes, signal);
    this.#known.set(key, made);
    return made;
  }

  async #planned(sizes: readonly Size[], signal: AbortSignal): Promise<SizePlan> {
    const plan = await planInSlices(this.recipe, sizes, this.dtype, undefined, undefined, signal);
    return {
      ...this.#written(outputsDocument(plan), tokensOfPlan(plan)),
      images: plan.images.map((image) => JSON.stringify(imageDocument(image)).slice(0, -1)),
      sources: plan.images.map((image) => sourcePictures(plan, image)),
    };
  }

  #written(outputs: ReturnType<typeof outputsDocument>, tokens: number | null): SizePlan {
    const fields = JSON.stringify({ recipe: this.recipe.name, outputs, tokens }).slice(1, -1);
    return { fields, images: [], sources: [] };
  }
}
