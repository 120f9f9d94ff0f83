import type { Picture } from "../../codecs/picture.ts";
import { derivedTensors } from "../../engine/results/batch.ts";
import { arrangedBytes } from "../../engine/results/arranged.ts";
import { Tensor } from "../../engine/results/tensor.ts";
import { countOf } from "../../layout/shape.ts";
import { ELEMENT_BYTES } from "../../plan/dtype.ts";
import { imagePlan, ownRows, type RowKind, rowKindOf } from "../../plan/images/image_plan.ts";
import { joinedPlan, type SizedImagePlan } from "../../plan/images/joined_plan.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Recipe } from "../../recipes/recipe.ts";

/** The pixels that one request wants. */
export interface PixelWork {
  readonly plan: Plan<Recipe>;
  /** The plan's pictures, in order. */
  readonly pictures: readonly Picture[];
  /** Aborted where nobody wants them any more. */
  readonly signal: AbortSignal;
}

/** Works that are done as one: their plan, and where the rows of each image of each work lie in it. */
export interface JoinedWork {
  readonly plan: Plan<Recipe>;
  readonly pictures: readonly Picture[];
  readonly images: readonly (readonly SizedImagePlan[])[];
}

/** Returns a text that is equal for works whose rows can be made together. */
export function kindOf({ plan }: PixelWork): string {
  return JSON.stringify([plan.recipe.name, plan.recipe.parameters, kindsOf(plan)]);
}

/** Joins works of one kind: the images of the first, then those of the second, and so on. */
export function joinedWork(works: readonly PixelWork[]): JoinedWork {
  const images = works.map(({ plan }) =>
    plan.images.map((image) => {
      const own = imagePlan(plan, image);
      return { ...own, sizes: own.pictures.map((index) => plan.pictures[index]) };
    })
  );
  const all = images.flat(), kinds = Object.entries(kindsOf(works[0].plan));
  const filled = kinds.filter(([output]) => all.some((own) => ownRows(own, output) > 0));
  return {
    plan: joinedPlan(works[0].plan.recipe, all, Object.fromEntries(filled)),
    pictures: works.flatMap(({ pictures }, index) =>
      images[index].flatMap((own) => own.pictures.map((place) => pictures[place]))
    ),
    images,
  };
}

/**
 * Takes the tensors of each work out of the rows that were made of all.
 * @param rows the bytes of all rows, by output
 */
export async function partedTensors(
  works: readonly PixelWork[],
  images: JoinedWork["images"],
  rows: Readonly<Record<string, Uint8Array>>,
): Promise<Record<string, Tensor>[]> {
  const next: Record<string, number> = {};
  return await Promise.all(works.map(async ({ plan }, index) => {
    const tensors: Record<string, Tensor> = {};
    for (const [name, output] of Object.entries(plan.outputs)) {
      const { dtype, shape, as = shape, lists, shapes, arranged } = output;
      const rowBytes = countOf(shape.slice(1)) * ELEMENT_BYTES[dtype];
      const bytes = new Uint8Array(shape[0] * rowBytes); // zeros, where no image has rows
      for (const own of images[index]) {
        const from = next[name] ?? 0;
        for (const range of own.ranges[name] ?? []) {
          if (range.own === undefined) continue;
          const first = (from + range.own) * rowBytes;
          bytes.set(rows[name].subarray(first, first + range.rows * rowBytes), range.row * rowBytes);
        }
        next[name] = from + ownRows(own, name);
      }
      const ordered = arranged === undefined ? bytes : arrangedBytes(bytes, output);
      tensors[name] = new Tensor(name, dtype, as, ordered, lists, shapes);
    }
    return { ...tensors, ...await derivedTensors(plan, tensors) };
  }));
}

function kindsOf(plan: Plan): Record<string, RowKind> {
  return Object.fromEntries(Object.keys(plan.outputs).map((output) => [output, rowKindOf(plan, output)]));
}
