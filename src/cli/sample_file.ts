import type { Batch } from "../engine/batch.ts";
import type { Dtype as StoredDtype } from "../formats/mod.ts";
import { type TensorSource, writeSafetensors } from "../formats/mod.ts";
import { VERSION } from "./version.ts";

/**
 * Writes a sample as one safetensors file: its tensors under their names, and `image_grid` `[images, 2]` (rows, columns),
 * `image_sizes` `[images, 2]` (height, width) and, where the recipe says, `image_tokens` `[images]`, all I32.
 * @throws {VitrailError} `io` where it cannot be written.
 */
export async function writeSample(path: string, batch: Batch): Promise<void> {
  await writeSafetensors(path, await tensorsOf(batch), {
    vitrail: VERSION,
    recipe: JSON.stringify(batch.recipe),
    backend: batch.backend,
    files: JSON.stringify(batch.names),
    dtype: batch.pixelValues.dtype,
  });
}

async function tensorsOf({ outputs, images }: Batch): Promise<TensorSource[]> {
  const tensors: TensorSource[] = [];
  for (const tensor of Object.values(outputs)) {
    const dtype = tensor.dtype.toUpperCase() as StoredDtype;
    tensors.push({ name: tensor.name, dtype, shape: tensor.shape, data: await tensor.bytes() });
  }
  tensors.push(integers("image_grid", [images.length, 2], images.flatMap(({ grid }) => grid)));
  const sizes = images.flatMap(({ size }) => [size.height, size.width]);
  tensors.push(integers("image_sizes", [images.length, 2], sizes));
  const tokens = images.map((image) => image.tokens);
  if (tokens.every((count) => count !== undefined)) {
    tensors.push(integers("image_tokens", [images.length], tokens));
  }
  return tensors;
}

function integers(name: string, shape: number[], values: number[]): TensorSource {
  return { name, dtype: "I32", shape, data: Int32Array.from(values) };
}
