import type { Dtype } from "../../plan/dtype.ts";
import { integerData } from "../../plan/integers.ts";
import { requireGiven } from "../../given/given_value.ts";
import { mainOutput, type Plan, type PlannedImage, requirePlan } from "../../plan/plan.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import type { ExecutorName } from "../executor.ts";
import type { Verification } from "../verify/compare.ts";
import { Tensor } from "./tensor.ts";

/** The tensors of one call, and all that is known of its pictures. */
export class Batch<D extends Dtype = Dtype> {
  /** The output tensors by name, those that need no pixels (grids, masks, counts) included. */
  readonly outputs: Readonly<Record<string, Tensor>>;

  /**
   * Creates a batch of a plan's outputs, `pixels` by name.
   * @throws {VitrailError} `usage` for what is no plan, and for outputs that are no object.
   */
  constructor(
    /** The plan that was run. */
    readonly plan: Plan<Recipe>,
    pixels: Readonly<Record<string, Tensor>>,
    /** Each source picture's name, in order. */
    readonly names: readonly string[],
    /** The executor that ran it. */
    readonly executor: ExecutorName,
    /** The result of the comparison with the reference, where it was asked for. */
    readonly verification?: Verification,
  ) {
    requirePlan(plan);
    requireGiven("a batch's pixels", pixels, "an object", "{ pixel_values: tensor }");
    this.outputs = { ...pixels, ...integerTensors(plan) };
  }

  /** The recipe that was run. */
  get recipe(): Recipe {
    return this.plan.recipe;
  }

  /** Each picture's size, canvas, grid and rows, in order. */
  get images(): readonly PlannedImage[] {
    return this.plan.images;
  }

  /**
   * Tiles, and in float dtypes each picture's global view before them: `[tiles, 3, P, P]`; of videos
   * `pixel_values_videos`.
   */
  get pixelValues(): Tensor<D> {
    return this.outputs[mainOutput(this.plan)] as Tensor<D>; // every recipe's has the type that was asked for
  }

  /** Tokens of all pictures; undefined where the recipe does not say. */
  get tokens(): number | undefined {
    return this.images.reduce<number | undefined>(
      (sum, { tokens }) => sum === undefined || tokens === undefined ? undefined : sum + tokens,
      0,
    );
  }

  /**
   * Gives its tensors' memory back for later results, on the device and in CPU memory. Arrays that they gave
   * are empty from then on.
   */
  dispose(): void {
    for (const tensor of Object.values(this.outputs)) tensor.dispose();
  }

  /** Disposes of it, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/**
 * Returns the tensors of a plan's outputs that are computed from others' values, `pixels` by name.
 * @throws {VitrailError} `device` where the GPU does not give those values.
 */
export async function derivedTensors(
  { derived }: Plan,
  pixels: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Tensor>> {
  const tensors: Record<string, Tensor> = {};
  for (const [name, { dtype, shape, of, derive }] of Object.entries(derived)) {
    const values = derive(await pixels[of].data() as Float32Array);
    const bytes = new Uint8Array(integerData({ dtype, shape, values }).buffer);
    tensors[name] = new Tensor(name, dtype, shape, bytes);
  }
  return tensors;
}

function integerTensors({ integers }: Plan): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(integers).map(([name, output]) => {
      const bytes = new Uint8Array(integerData(output).buffer);
      return [name, new Tensor(name, output.dtype, output.shape, bytes, output.lists)];
    }),
  );
}
