import { createHash } from "node:crypto";
import { type ErrorCode, VitrailError } from "../../errors.ts";
import { itemsUntilAborted } from "../../engine/run/abort.ts";
import type { SkippedSample } from "../../formats/manifest.ts";
import type { Dtype } from "../../plan/dtype.ts";
import { Slices } from "../../runtime/slices.ts";
import { Packer } from "../lengths/packs.ts";
import { type SetLayout, SetOutputs } from "../shards/set_outputs.ts";
import { problemsOf } from "../summary/problems.ts";
import { type Material, type PlannedSample, plannedSamples } from "./planned_sample.ts";
import { type CutSample, cutSample, type PlannedShard, ShardCutter, type ShardSize } from "./shard_cutter.ts";

/** All of a set that is known before its pixels are made. */
export interface SetPlan {
  /** The count of its shards. */
  readonly count: number;
  /** The shards of the part that was asked for, by number. */
  readonly shards: ReadonlyMap<number, PlannedShard>;
  /** Samples that are left out, in order. */
  readonly skipped: readonly SkippedSample[];
  /** The sha256, in hex, of all that decides the samples' shapes, and of the cut into shards. */
  readonly sha256: string;
  /** The way in which all shards hold the outputs. */
  readonly layout: SetLayout;
}

/** The part of a set that one machine makes: every `n`-th shard from the `i`-th on, where `i` is 1 to `n`. */
export type Part = readonly [i: number, n: number];

/** The part that is the whole set. */
export const WHOLE: Part = [1, 1];

/** Options for planning a set. */
export interface SetOptions {
  /** The part whose shards the plan has; the others are only counted. Absent: all shards. */
  readonly part?: Part;
  /** The size that no shard of several samples exceeds. */
  readonly shardSize: ShardSize;
  /** `fail` throws the error of the first bad sample; `skip` leaves bad samples out. */
  readonly onError: "fail" | "skip";
  /** Called with the count of samples that are planned so far, and of those that are left out. */
  readonly onProgress?: (done: number, total: number, skipped: number) => void;
  /** Ends the planning within a second, once it is aborted: its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** Returns the numbers of the shards that a part makes. */
export function shardsOf(plan: Pick<SetPlan, "count">, [i, n]: Part): number[] {
  return Array.from({ length: Math.max(0, Math.ceil((plan.count - i + 1) / n)) }, (_, k) => i - 1 + k * n);
}

/**
 * Plans a set from its texts and its pictures' headers. Pixels are read where they decide how many tokens a
 * clip has, as those of VideoLLaMA 3 do.
 *
 * With `pack` samples are joined to packs by their lengths, and the cut is between packs. Equal lengths give
 * equal packs, on every machine and in every run.
 *
 * Every part plans all samples, since each decides where shards begin and how all hold the outputs. Of the
 * samples of other parts' shards nothing is kept.
 *
 * The cut into shards depends on one thing more: on which pictures are links to one file. So the plan's
 * checksum covers the cut, and machines or attempts that cut otherwise have another checksum.
 *
 * @throws {VitrailError} the first sample's error, where `onError` is `fail`; `dataset` where no sample is
 * left; `usage` for bytes that would lose something. The signal's reason, where it is aborted.
 */
export async function planSet(material: Material, options: SetOptions): Promise<SetPlan> {
  const { mixture, pack } = material, [i, n] = options.part ?? WHOLE;
  const outputs = new SetOutputs(material.dtype), hash = createHash("sha256");
  const dtypes: readonly Dtype[] = material.dtype === "auto" ? ["u8", "f32"] : [material.dtype];
  const cutters = dtypes.map((dtype) => {
    return new ShardCutter(options.shardSize, dtype, pack !== undefined, (shard) => shard % n === i - 1);
  });
  const packer = pack === undefined ? undefined : new Packer<CutSample>(pack);
  const skipped: SkippedSample[] = [];
  const { signal = new AbortController().signal } = options, slices = new Slices();
  const samples = plannedSamples(material, positionsOf(mixture), signal);
  for await (const found of itemsUntilAborted(samples, signal)) {
    if (slices.over) await slices.turn(signal);
    options.onProgress?.(found.position + 1, mixture.length, skipped.length);
    if ("reason" in found) {
      if (options.onError === "fail" && !found.asked) {
        throw new VitrailError(found.code as ErrorCode, found.reason);
      }
      skipped.push(found);
      hash.update(`${found.code}\n`);
      continue;
    }
    const digest = digestOf(material, found);
    hash.update(digest);
    outputs.add(found.outputs, found.where);
    const cut = cutSample(found, digest, dtypes);
    for (const together of packer?.add(cut) ?? [[cut]]) for (const cutter of cutters) cutter.add(together);
  }
  if (skipped.length === mixture.length) throw unusableError(skipped);
  for (const pack of packer?.finish() ?? []) for (const cutter of cutters) cutter.add(pack);
  const layout = outputs.finish();
  const { count, shards, sha256 } = cutters.find(({ dtype }) => dtype === layout.dtype)!.finish();
  hash.update(`${JSON.stringify({ ...layout, why: undefined })}\n${sha256}\n`);
  return { count, shards, skipped, sha256: hash.digest("hex"), layout };
}

/** The most kinds of problems that an error names. */
const KINDS_SHOWN = 3;

/** Returns the error of a set without a good sample. It names a sample of each kind of problem. */
function unusableError(skipped: readonly SkippedSample[]): VitrailError {
  const kinds = problemsOf(skipped), shown = kinds.slice(0, KINDS_SHOWN);
  const more = kinds.slice(KINDS_SHOWN).reduce((sum, { count }) => sum + count, 0);
  const texts = shown.map(({ count, first: [reason] }) => count === 1 ? reason : `${count} like ${reason}`);
  if (more > 0) texts.push(`${more} of other kinds`);
  return new VitrailError("dataset", `none of ${skipped.length} samples can be used; ${texts.join("; ")}`);
}

/** Yields the positions of a mixture's samples. */
function* positionsOf({ length }: Material["mixture"]): Generator<number> {
  for (let position = 0; position < length; position++) yield position;
}

/** Returns the sha256 of the digests of samples, as a plan's shard has it. */
export function digestOfSamples(material: Material, samples: readonly PlannedSample[]): string {
  const hash = createHash("sha256");
  for (const sample of samples) hash.update(digestOf(material, sample));
  return hash.digest("hex");
}

/**
 * Returns all that decides what a shard holds of a sample, but for its texts, which the data sets' own
 * checksums cover: a line of JSON.
 */
function digestOf({ mixture }: Material, { position, units }: PlannedSample): string {
  const { file, index } = mixture.placeOf(position);
  const files = units.flatMap(({ files }) => files);
  const facts = files.map(({ name, size: { width, height }, bytes, stored }) =>
    stored === undefined ? [name, width, height, bytes] : [name, width, height, bytes, stored.sha256]
  );
  const clips = units.flatMap(({ image }) => image.video ? [image.tokens] : []); // pixels may decide them
  return `${JSON.stringify([file, index, ...facts, ...clips])}\n`;
}
