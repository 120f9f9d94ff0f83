import { join } from "node:path";
import type { Engine } from "../../engine/engine.ts";
import type { RunOptions } from "../../engine/options.ts";
import { itemsUntilAborted } from "../../engine/run/abort.ts";
import { type ErrorCode, VitrailError } from "../../errors.ts";
import { writeHashed } from "../../formats/hashed_write.ts";
import type { ManifestShard, SkippedSample } from "../../formats/manifest.ts";
import { runtime } from "../../runtime/here.ts";
import { Slices } from "../../runtime/slices.ts";
import { type PictureSource, pictureSource } from "../data/picture_source.ts";
import { sealedPieces } from "../shards/checks/seal.ts";
import type { RowsSource } from "../shards/output_tensors.ts";
import type { SetLayout } from "../shards/set_outputs.ts";
import { shardMetadata, shardTensors, unitsIn } from "../shards/shard_tensors.ts";
import { type Failures, pixelRows } from "./pixel_rows.ts";
import { type Material, type PlannedSample, plannedSamples, skippedSample } from "./planned_sample.ts";
import type { SetRecipes } from "./sample_plan.ts";
import type { SetFolder } from "./set_folder.ts";
import { digestOfSamples } from "./set_plan.ts";
import type { PlannedShard } from "./shard_cutter.ts";
import { ShardRows } from "./shard_rows.ts";
import { rowsOfUnit, type Unit } from "./unit.ts";

/** Options for making a set's shards. */
export interface ShardOptions {
  /** The recipes of the whole set. */
  readonly recipes: SetRecipes;
  /** The positions of the samples of each pack, in order; absent where samples are not packed. */
  readonly packs?: readonly (readonly number[])[];
  /** The way in which all shards of the set hold their outputs. */
  readonly layout: SetLayout;
  /** `fail` throws the error of a picture that does not decode; `skip` leaves its samples out. */
  readonly onError: "fail" | "skip";
  /** Returns a picture as the engine takes it. */
  readonly pictureOf: PictureSource;
  /** As in {@linkcode RunOptions}. */
  readonly orient: RunOptions["orient"];
  /** As in {@linkcode RunOptions}. */
  readonly alpha: RunOptions["alpha"];
  /** As in {@linkcode RunOptions}. */
  readonly maxPixels: number;
  /** As in {@linkcode RunOptions}. */
  readonly maxBytes?: number;
  /** As in {@linkcode RunOptions}. */
  readonly damaged?: RunOptions["damaged"];
  /** Ends the work, once it is aborted: its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Called with the count of units that were just tried. */
  readonly onUnits?: (count: number) => void;
}

/** Returns the name of a shard's file. */
export function shardName(shard: number): string {
  return `shard-${String(shard).padStart(5, "0")}.safetensors`;
}

/** Options for making a shard of a plan: the plan itself says the rest. */
export type MakingOptions = Omit<ShardOptions, "packs" | "recipes" | "pictureOf">;

/**
 * Makes one shard of a plan in `folder`. Its samples are planned again, since a plan does not keep them.
 *
 * @throws {VitrailError} as {@linkcode makeShard}; `io` where the samples, or their pictures' sizes, are not
 * those that were planned: files have changed since, or another machine has others. `onError` changes nothing
 * here: all parts of a set hold to one plan.
 */
export async function makePlannedShard(
  engine: Engine,
  folder: SetFolder,
  shard: number,
  planned: Pick<PlannedShard, "positions" | "packs" | "digest">,
  material: Material,
  options: MakingOptions,
): Promise<ManifestShard> {
  const { samples, lost } = await engine.clock.during(
    "planning",
    () => samplesOf(material, planned.positions, options.signal),
  );
  if (digestOfSamples(material, samples) !== planned.digest) throw changedError(shard, samples, lost);
  const made = await makeShard(engine, folder, shard, samples, {
    ...options,
    packs: planned.packs,
    recipes: material.recipes,
    pictureOf: pictureSource(material.mixture),
  });
  await runtime.giveMemoryBack();
  return made;
}

/** Returns the error of a shard whose samples are not those that were planned; what is wrong is named. */
function changedError(
  shard: number,
  samples: readonly PlannedSample[],
  lost: readonly SkippedSample[],
): VitrailError {
  const [first, last] = [samples[0], samples.at(-1)].map((sample) => sample?.where);
  const which = lost.length > 0
    ? `${lost.length} cannot be used any more, first ${lost[0].reason}`
    : `one of ${samples.length}, ${first} to ${last}, has other pictures, or its pictures another size, ` +
      "or its clips other pixels";
  return new VitrailError(
    "io",
    `the samples of shard ${shard}, or their pictures, are not those that were planned: ${which}; run the ` +
      "command again: it plans anew",
  );
}

/** Plans samples again; those that were usable when they were planned, and are not now, are lost. */
async function samplesOf(
  material: Material,
  positions: readonly number[],
  signal = new AbortController().signal,
): Promise<{ samples: PlannedSample[]; lost: SkippedSample[] }> {
  const samples: PlannedSample[] = [], lost: SkippedSample[] = [], slices = new Slices();
  for await (const found of itemsUntilAborted(plannedSamples(material, positions, signal), signal)) {
    if (slices.over) await slices.turn(signal);
    if ("units" in found) samples.push(found);
    else lost.push(found);
  }
  return { samples, lost };
}

/**
 * Makes one shard of planned samples in `folder`.
 *
 * The shapes of its tensors stand before its pixels in the file. So where a picture does not decode, the
 * shard is begun again, without the samples that use it. The other pictures are tried before, to find all bad
 * ones at once.
 *
 * @throws {VitrailError} the picture's error, with its sample's name, where `onError` is `fail`; `io` where
 * the shard cannot be written. The signal's reason, where it is aborted.
 */
export async function makeShard(
  engine: Engine,
  folder: SetFolder,
  shard: number,
  planned: readonly PlannedSample[],
  options: ShardOptions,
): Promise<ManifestShard> {
  const skipped: SkippedSample[] = [];
  for (let samples = planned;;) {
    const failures: Failures = new Map();
    try {
      const written = await writeShard(engine, folder, shard, samples, options, failures);
      return { ...written, skipped: skipped.sort((a, b) => a.position - b.position) };
    } catch (error) {
      options.signal?.throwIfAborted();
      if (failures.size === 0) throw error;
      const bad = samples.flatMap((sample) => skippedFor(sample, failures) ?? []);
      if (options.onError === "fail") throw new VitrailError(bad[0].code as ErrorCode, bad[0].reason);
      skipped.push(...bad);
      samples = samples.filter((sample) => skippedFor(sample, failures) === undefined);
    }
  }
}

/** Returns a sample as skipped where one of its units failed; undefined where none did. */
function skippedFor(
  { position, where, units }: PlannedSample,
  failures: Failures,
): SkippedSample | undefined {
  const keys = new Map([...failures].map(([{ key }, error]) => [key, error]));
  const error = units.map(({ key }) => keys.get(key)).find((found) => found !== undefined);
  return error && skippedSample(position, where, error);
}

/** Writes a shard of `samples`; units that fail are added to `failures`. */
async function writeShard(
  engine: Engine,
  folder: SetFolder,
  shard: number,
  samples: readonly PlannedSample[],
  { packs, recipes, layout, onError, pictureOf, onUnits, ...reading }: ShardOptions,
  failures: Failures,
): Promise<Omit<ManifestShard, "skipped">> {
  const units = unitsIn(samples);
  const tried = new Set<Unit>();
  const tries = {
    pictureOf,
    failures,
    tryAll: onError === "skip",
    onUnits(group: readonly Unit[]) {
      onUnits?.(group.filter((unit) => !tried.has(unit)).length);
      for (const unit of group) tried.add(unit);
    },
  };
  const { orient, alpha, maxPixels, maxBytes, damaged, signal } = reading;
  const file = shardName(shard);
  const options = { dtype: layout.dtype, orient, alpha, maxPixels, maxBytes, damaged, signal };
  await using rows = new ShardRows(
    units,
    (own) => pixelRows(engine, own, options, tries),
    (output) => join(folder.path, folder.temporary(`${file}.${output}`)),
  );
  const rowsOf: RowsSource = (output) => rows.of(output);
  const tensors = shardTensors(samples, units, layout, rowsOf, packs && packsLeft(packs, samples));
  const pieces = sealedPieces(tensors, shardMetadata(recipes, layout, samples));
  const written = await engine.clock.during("writing", () => {
    return writeHashed(join(folder.path, file), pieces, folder.temporary(file));
  });
  const tokens = samples.flatMap((sample) => sample.units.map(({ image }) => image.tokens));
  return {
    shard,
    file,
    ...written,
    samples: samples.length,
    pictures: units.length,
    tiles: units.reduce((sum, unit) => sum + rowsOfUnit(unit), 0),
    tokens: tokens.includes(undefined) ? null : tokens.reduce<number>((sum, count) => sum + count!, 0),
  };
}

/** Returns packs as indices of the samples, without positions and packs that have none of them. */
function packsLeft(
  packs: readonly (readonly number[])[],
  samples: readonly PlannedSample[],
): number[][] {
  const index = new Map(samples.map(({ position }, index) => [position, index]));
  const left = packs.map((positions) => positions.flatMap((position) => index.get(position) ?? []));
  return left.filter(({ length }) => length > 0);
}
