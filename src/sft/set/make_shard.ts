import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Engine } from "../../engine/engine.ts";
import type { RunOptions } from "../../engine/options.ts";
import { type ErrorCode, VitrailError } from "../../errors.ts";
import { writeAtomically } from "../../formats/atomic_write.ts";
import type { ManifestShard, SkippedSample } from "../../formats/manifest.ts";
import { safetensorsPieces } from "../../formats/safetensors.ts";
import type { Dtype } from "../../plan/dtype.ts";
import type { TiledRecipe } from "../../recipes/tiled/tiled_recipe.ts";
import { type Failures, pixelRows } from "./pixel_rows.ts";
import { type PlannedSample, skipped } from "./planned_sample.ts";
import type { SetFolder } from "./set_folder.ts";
import { shardMetadata, shardTensors, unitsIn } from "./shard_tensors.ts";

/** How a set's shards are made. */
export interface ShardOptions {
  readonly recipe: TiledRecipe;
  readonly dtype: Dtype;
  /** The shape of a row of pixels. */
  readonly row: readonly number[];
  /** Whether a picture that does not decode ends the run, or its samples are left out. */
  readonly onError: "fail" | "skip";
  readonly orient: RunOptions["orient"];
  readonly alpha: RunOptions["alpha"];
  readonly maxPixels: number;
  /** Called with pictures as they are made. */
  readonly onUnits?: (count: number) => void;
}

/** The name of a shard's file. */
export function shardName(shard: number): string {
  return `shard-${String(shard).padStart(5, "0")}.safetensors`;
}

/**
 * Makes one shard of planned samples in `folder`. Its tensors' shapes stand before its pixels, so where a picture turns
 * out not to decode, the others are tried too, and the shard is begun again without the samples that use bad ones.
 * @throws {VitrailError} the picture's error, with its sample, where `onError` is `fail`; `io` where it cannot be written.
 */
export async function makeShard(
  engine: Engine,
  folder: SetFolder,
  shard: number,
  planned: readonly PlannedSample[],
  options: ShardOptions,
): Promise<ManifestShard> {
  const left: SkippedSample[] = [];
  for (let samples = planned;;) {
    const failures: Failures = new Map();
    try {
      const written = await writeShard(engine, folder, shard, samples, options, failures);
      return { ...written, skipped: left.sort((a, b) => a.position - b.position) };
    } catch (error) {
      if (failures.size === 0) throw error;
      const bad = samples.flatMap((sample) => failureOf(sample, failures) ?? []);
      if (options.onError === "fail") throw new VitrailError(bad[0].code as ErrorCode, bad[0].reason);
      left.push(...bad);
      samples = samples.filter((sample) => failureOf(sample, failures) === undefined);
    }
  }
}

/** Why a sample cannot be made, if it cannot. */
function failureOf({ position, where, units }: PlannedSample, failures: Failures): SkippedSample | undefined {
  const keys = new Map([...failures].map(([{ key }, error]) => [key, error]));
  const error = units.map(({ key }) => keys.get(key)).find((found) => found !== undefined);
  return error && skipped(position, where, error);
}

async function writeShard(
  engine: Engine,
  folder: SetFolder,
  shard: number,
  samples: readonly PlannedSample[],
  { recipe, dtype, row, onError, orient, alpha, maxPixels, onUnits }: ShardOptions,
  failures: Failures,
): Promise<Omit<ManifestShard, "skipped">> {
  const units = unitsIn(samples);
  const watch = { failures, tryAll: onError === "skip", onUnits };
  const rows = pixelRows(engine, units, { dtype, orient, alpha, maxPixels }, watch);
  const tensors = shardTensors(samples, units, { recipe, dtype, row, data: rows });
  const file = shardName(shard), hash = createHash("sha256");
  let bytes = 0;
  async function* watched() {
    for await (const chunk of safetensorsPieces(tensors, shardMetadata(recipe, dtype))) {
      hash.update(chunk), bytes += chunk.length;
      yield chunk;
    }
  }
  await writeAtomically(join(folder.path, file), watched(), folder.temporary(file));
  const tokens = samples.flatMap((sample) => sample.units.map(({ image }) => image.tokens));
  return {
    shard,
    file,
    bytes,
    sha256: hash.digest("hex"),
    samples: samples.length,
    pictures: units.length,
    tiles: units.reduce((sum, unit) => sum + unit.rows, 0),
    tokens: tokens.includes(undefined) ? null : tokens.reduce<number>((sum, count) => sum + count!, 0),
  };
}
