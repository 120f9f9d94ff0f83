import type { Batch } from "../../engine/results/batch.ts";
import { writeSafetensors } from "../../formats/safetensors.ts";
import { sampleTensors } from "../../report/sample_tensors.ts";

/**
 * Writes a batch as one safetensors file, as {@linkcode sampleTensors} gives it.
 * @throws {VitrailError} `io` where it cannot be written.
 */
export async function writeSample(path: string, batch: Batch): Promise<void> {
  const { tensors, metadata } = await sampleTensors(batch);
  await writeSafetensors(path, tensors, metadata);
}
