import type { Batch } from "../../engine/results/batch.ts";
import { type TensorSource, writeSafetensors } from "../../formats/safetensors.ts";
import type { StoredDtype } from "../../formats/stored_dtype.ts";
import { VERSION } from "../version.ts";

/**
 * Writes a sample as one safetensors file: its tensors under their names. Our own recipes' have `image_grid` `[images, 2]` (rows,
 * columns) and `image_sizes` `[images, 2]` (height, width) beside them; a processor's config gets what its Python class returns, and
 * the metadata's `lists` says where that is lists: how many rows each has. `image_tokens` `[images]` is there where the recipe says
 * how many. What is ours is I32.
 * @throws {VitrailError} `io` where it cannot be written.
 */
export async function writeSample(path: string, batch: Batch): Promise<void> {
  await writeSafetensors(path, await tensorsOf(batch), {
    vitrail: VERSION,
    recipe: JSON.stringify(batch.recipe),
    executor: batch.executor,
    files: JSON.stringify(batch.names),
    dtype: batch.pixelValues.dtype,
    ...listsOf(batch),
  });
}

/** Lengths of lists by their output's name, where a batch has lists. */
function listsOf({ outputs }: Batch): { lists?: string } {
  const lists = Object.values(outputs).filter((tensor) => tensor.lists).map((
    { name, lists },
  ) => [name, lists]);
  return lists.length > 0 ? { lists: JSON.stringify(Object.fromEntries(lists)) } : {};
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
