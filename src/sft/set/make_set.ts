import { join } from "node:path";
import type { Engine } from "../../engine/engine.ts";
import { itemsUntilAborted } from "../../engine/run/abort.ts";
import { namedBytes } from "../../codecs/picture.ts";
import { VitrailError } from "../../errors.ts";
import { writeJson } from "../../formats/json_file.ts";
import {
  MANIFEST,
  type Manifest,
  MANIFEST_FORMAT,
  type ManifestShard,
  partName,
  totalsOf,
} from "../../formats/manifest.ts";
import type { PictureFile } from "../data/picture_files.ts";
import { Slices } from "../../runtime/slices.ts";
import { READER, writeReader } from "../shards/reader_file.ts";
import { makeShard, shardName, type ShardOptions } from "./make_shard.ts";
import { type Material, type PlannedSample, plannedSamples } from "./planned_sample.ts";
import type { SetFolder } from "./set_folder.ts";
import { type Part, type SetPlan, shardsOf } from "./set_plan.ts";
import type { PlannedShard } from "./shard_cutter.ts";
import { sha256OfBytes } from "../../formats/sha256.ts";

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
    shard: Omit<ShardOptions, "packs" | "recipes" | "layout" | "pictureOf" | "onUnits">;
    /** True ends the work before the next shard. */
    stopped?: () => boolean;
    onProgress?: (progress: SetProgress) => void;
  },
): Promise<Manifest | undefined> {
  const { recipes } = material, { layout } = plan;
  const own = shardsOf(plan, part), shards: ManifestShard[] = [];
  const total = own.reduce((sum, shard) => sum + plan.shards[shard].pictures, 0);
  let done = 0, found = 0, kept = 0, bytes = 0, skipped = plan.skipped.length;
  const tell = () => {
    const { exchanged } = folder;
    onProgress?.({ done, total, found, kept, exchanged, shards: shards.length, bytes, skipped });
  };
  tell();
  for (const shard of own) {
    options.signal?.throwIfAborted();
    if (stopped()) return undefined;
    const planned = plan.shards[shard], before = done;
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
      const samples = await engine.clock.during(
        "planning",
        () => samplesOf(material, planned, options.signal),
      );
      made = await makeShard(engine, folder, shard, samples, {
        ...options,
        packs: planned.packs,
        recipes,
        layout,
        pictureOf: (picture) => pictureIn(material, picture),
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
  await writeReader(folder.path, folder.temporary(READER));
  const manifest = manifestOf(plan, decisive, part, shards);
  const name = part[1] === 1 ? MANIFEST : partName(part);
  await writeJson(join(folder.path, name), manifest, folder.temporary(name));
  return manifest;
}

/**
 * Returns a picture's path, or where its data set's file holds it, its bytes.
 * @throws {VitrailError} `io` where they are not those that were planned.
 */
function pictureIn({ mixture }: Material, { path, name, stored }: PictureFile): string | Promise<Uint8Array> {
  if (stored === undefined) return path;
  return mixture.picture(stored.position, stored.at).then((bytes) => {
    if (sha256OfBytes(bytes) === stored.sha256) {
      return namedBytes(bytes, name);
    }
    throw new VitrailError("io", `the picture ${name} has changed since the set was planned`);
  });
}

/** Plans the samples of a shard again. */
async function samplesOf(
  material: Material,
  { positions }: PlannedShard,
  signal = new AbortController().signal,
): Promise<PlannedSample[]> {
  const samples: PlannedSample[] = [], slices = new Slices();
  for await (const found of itemsUntilAborted(plannedSamples(material, positions, signal), signal)) {
    if (slices.over) await slices.turn(signal);
    if ("units" in found) samples.push(found);
  }
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
