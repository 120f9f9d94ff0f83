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
import { READER, writeReader } from "../shards/reader_file.ts";
import { makePlannedShard, type MakingOptions, shardName } from "./make_shard.ts";
import type { Material } from "./planned_sample.ts";
import type { SetFolder } from "./set_folder.ts";
import { type Part, type SetPlan, shardsOf } from "./set_plan.ts";

/** The progress of making a set's shards, in pictures. */
export interface SetProgress {
  /** Pictures that are in their shards so far. */
  readonly done: number;
  /** Pictures of all shards that are to be made. */
  readonly total: number;
  /** Those of `done` in shards that an earlier attempt had left whole. */
  readonly found: number;
  /** The count of shards that an earlier attempt had left whole. */
  readonly kept: number;
  /** The count of shards so far that are made again, since files of their pictures differ. */
  readonly exchanged: number;
  /** The count of shards that are whole so far, those of an earlier attempt among them. */
  readonly shards: number;
  /** Bytes of shards that were made now. */
  readonly bytes: number;
  /** Samples that were left out so far. */
  readonly skipped: number;
}

/**
 * Makes a set's shards, or one part of them, in a folder, with a reader for Python, and writes the
 * manifest last.
 *
 * A shard that an earlier attempt left whole, by its checksum, stays where no picture of it has changed
 * since. The others are made.
 *
 * A signal in `shard` ends the work within a second. Shards that are whole stay, and nothing else does.
 *
 * @returns the manifest; undefined where `stopped` ended the work before the last shard
 * @throws {VitrailError} as {@linkcode makeShard}.
 */
export async function makeSet(
  engine: Engine,
  folder: SetFolder,
  plan: SetPlan,
  { material, part, decisive, shard: options, stopped = () => false, onProgress }: {
    material: Material;
    /** The part whose shards are made. */
    part: Part;
    /** All that decides what the shards hold, for the manifest. */
    decisive: Readonly<Record<string, unknown>>;
    shard: Omit<MakingOptions, "layout" | "onUnits">;
    /** True ends the work before the next shard. */
    stopped?: () => boolean;
    onProgress?: (progress: SetProgress) => void;
  },
): Promise<Manifest | undefined> {
  const { layout } = plan;
  const own = shardsOf(plan, part), shards: ManifestShard[] = [];
  const total = own.reduce((sum, shard) => sum + plan.shards.get(shard)!.pictures, 0);
  let done = 0, found = 0, kept = 0, bytes = 0, skipped = plan.skipped.length;
  const tell = () => {
    const { exchanged } = folder;
    onProgress?.({ done, total, found, kept, exchanged, shards: shards.length, bytes, skipped });
  };
  tell();
  for (const shard of own) {
    options.signal?.throwIfAborted();
    if (stopped()) return undefined;
    const planned = plan.shards.get(shard)!, before = done;
    let made = await folder.finished(shardName(shard), planned);
    // An earlier attempt may have left samples out, where this one is to fail.
    if (options.onError === "fail" && made?.skipped.length) made = undefined;
    if (made) {
      found += planned.pictures;
      kept++;
    } else {
      const onUnits = (count: number) => {
        // A shard that is begun again makes some pictures twice.
        done = Math.min(done + count, before + planned.pictures);
        tell();
      };
      made = await makePlannedShard(engine, folder, shard, planned, material, {
        ...options,
        layout,
        onUnits,
      });
      await folder.note(made, planned.marks);
      bytes += made.bytes;
    }
    skipped += made.skipped.length;
    done = before + planned.pictures;
    shards.push(made);
    tell();
  }
  return await finishSet(folder, plan, decisive, part, shards);
}

/**
 * Writes what stands beside the shards of a set, or of one part: the reader for Python, and the manifest
 * last.
 * @param shards the part's shards, all of them
 * @throws {VitrailError} `io` where they cannot be written.
 */
export async function finishSet(
  folder: SetFolder,
  plan: SetPlan,
  decisive: Readonly<Record<string, unknown>>,
  part: Part,
  shards: readonly ManifestShard[],
): Promise<Manifest> {
  await writeReader(folder.path, folder.temporary(READER));
  const manifest = manifestOf(plan, decisive, part, shards);
  const name = part[1] === 1 ? MANIFEST : partName(part);
  await writeJson(join(folder.path, name), manifest, folder.temporary(name));
  return manifest;
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
    plan: { sha256: plan.sha256, shards: plan.count },
    ...(part[1] > 1 && { part }),
    totals: totalsOf(shards, plan.skipped),
    shards,
    skipped: plan.skipped,
  };
}
