import type { Batch } from "../engine/results/batch.ts";
import type { TensorSource } from "../formats/safetensors_pieces.ts";
import type { StoredDtype } from "../formats/stored_dtype.ts";
import { VERSION } from "./version.ts";

/** The contents of a safetensors file. */
export interface SampleTensors {
  readonly tensors: readonly TensorSource[];
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Returns a batch as a safetensors file has it:
 *
 * - the outputs under their names. For a processor's config these are what its Python class
 *   returns. Where that is a list, the metadata's `lists` gives the count of rows of each of its items.
 * - for recipes of tiles `image_grid` `[images, 2]` (rows, columns) and `image_sizes` `[images, 2]` (height,
 *   width), both I32.
 * - where the recipe says how many tokens an image becomes, `image_tokens` `[images]`, I32.
 */
export async function sampleTensors(batch: Batch): Promise<SampleTensors> {
  const metadata = {
    vitrail: VERSION,
    recipe: JSON.stringify(batch.recipe),
    executor: batch.executor,
    files: JSON.stringify(batch.names),
    dtype: batch.pixelValues.dtype,
    ...listsOf(batch),
  };
  return { tensors: await tensorsOf(batch), metadata };
}

/**
 * The lengths of lists by their output's name, and the shapes of lists of tensors that differ, as metadata;
 * nothing where a batch has none.
 */
function listsOf({ outputs }: Batch): { lists?: string; shapes?: string } {
  const tensors = Object.values(outputs), found: { lists?: string; shapes?: string } = {};
  for (const key of ["lists", "shapes"] as const) {
    const own = tensors.filter((tensor) => tensor[key]).map((tensor) => [tensor.name, tensor[key]]);
    if (own.length > 0) found[key] = JSON.stringify(Object.fromEntries(own));
  }
  return found;
}

async function tensorsOf({ outputs, images, recipe }: Batch): Promise<TensorSource[]> {
  const tensors: TensorSource[] = [];
  for (const tensor of Object.values(outputs)) {
    const dtype = tensor.dtype.toUpperCase() as StoredDtype;
    tensors.push({ name: tensor.name, dtype, shape: tensor.shape, data: await tensor.bytes() });
  }
  if (recipe.kind === "tiles") {
    tensors.push(integers("image_grid", [images.length, 2], images.flatMap(({ grid }) => grid)));
    const sizes = images.flatMap(({ size }) => [size.height, size.width]);
    tensors.push(integers("image_sizes", [images.length, 2], sizes));
  }
  const tokens = images.map((image) => image.tokens);
  if (tokens.every((count) => count !== undefined)) {
    tensors.push(integers("image_tokens", [images.length], tokens));
  }
  return tensors;
}

function integers(name: string, shape: number[], values: number[]): TensorSource {
  return { name, dtype: "I32", shape, data: Int32Array.from(values) };
}
