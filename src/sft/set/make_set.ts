import { join } from "node:path";
import type { Engine } from "../../engine/engine.ts";
import { writeJson } from "../../formats/json_file.ts";
import {
  MANIFEST,
  type Manifest,
  MANIFEST_FORMAT,
  type ManifestShard,
  partName,
  totalsOf,
} from "../../formats/manifest.ts";
import { makeShard, shardName, type ShardOptions } from "./make_shard.ts";
import { type Material, type PlannedSample, plannedSamples } from "./planned_sample.ts";
import type { SetFolder } from "./set_folder.ts";
import type { SetPlan } from "./set_plan.ts";
import type { ShardRange } from "./shard_cutter.ts";

/** Which shards one machine makes: those whose number, from 0, leaves `i − 1` when divided by `n`. */
export type Part = readonly [i: number, n: number];

/** How far a run is: pictures, of those that its shards need. */
export interface SetProgress {
  readonly done: number;
  readonly total: number;
  /** Of `done`, those in shards that were whole already. */
  readonly found: number;
  /** How many shards those are. */
  readonly kept: number;
}

/** What a part's shards are, by number. */
export function shardsOf(plan: SetPlan, [i, n]: Part): number[] {
  return Array.from(plan.shards.keys()).filter((shard) => shard % n === i - 1);
}

/**
 * Makes a set's shards, or one part of them, in a folder: those that an earlier run left whole, by their checksums, stay
 * where no picture of theirs has changed since; the others are made, and the manifest is written last.
 * @throws {VitrailError} as {@linkcode makeShard}.
 */
export async function makeSet(
  engine: Engine,
  folder: SetFolder,
  plan: SetPlan,
  { material, part, decisive, shard: options, onProgress }: {
    material: Material;
    part: Part;
    /** All that decides what the shards hold, for the manifest. */
    decisive: Readonly<Record<string, unknown>>;
    shard: Omit<ShardOptions, "recipe" | "dtype" | "row" | "onUnits">;
    onProgress?: (progress: SetProgress) => void;
  },
): Promise<Manifest> {
  const { recipe, dtype } = material, { row } = plan;
  const own = shardsOf(plan, part), shards: ManifestShard[] = [];
  const total = own.reduce((sum, shard) => sum + plan.shards[shard].pictures, 0);
  let done = 0, found = 0, kept = 0;
  for (const shard of own) {
    const range = plan.shards[shard], before = done;
    let made = await folder.finished(shardName(shard), range.changed);
    // An earlier run may have left samples out, where this one is to fail.
    if (options.onError === "fail" && made?.skipped.length) made = undefined;
    if (made) found += range.pictures, kept++;
    else {
      const onUnits = (count: number) => {
        done = Math.min(done + count, before + range.pictures); // a shard begun again makes some twice
        onProgress?.({ done, total, found, kept });
      };
      const samples = await samplesOf(material, range);
      made = await makeShard(engine, folder, shard, samples, {
        ...options,
        recipe,
        dtype,
        row,
        onUnits,
      });
      await folder.note(made);
    }
    done = before + range.pictures;
    onProgress?.({ done, total, found, kept });
    shards.push(made);
  }
  const manifest = manifestOf(plan, decisive, part, shards);
  const name = part[1] === 1 ? MANIFEST : partName(part);
  await writeJson(join(folder.path, name), manifest, folder.temporary(name));
  return manifest;
}

/** A shard's samples; those that cannot be planned were left out of the plan, too. */
async function samplesOf(material: Material, { from, to }: ShardRange): Promise<PlannedSample[]> {
  const samples: PlannedSample[] = [];
  const positions = Array.from({ length: to - from }, (_, index) => from + index);
  for await (const found of plannedSamples(material, positions)) if ("units" in found) samples.push(found);
  return samples;
}

function manifestOf(
  plan: SetPlan,
  decisive: Readonly<Record<string, unknown>>,
  part: Part,
  shards: readonly ManifestShard[],
): Manifest {
  return {
    format: MANIFEST_FORMAT,
    arguments: decisive,
    plan: { sha256: plan.sha256, shards: plan.shards.length },
    ...(part[1] > 1 && { part }),
    totals: totalsOf(shards, plan.skipped),
    shards,
    skipped: plan.skipped,
  };
}
