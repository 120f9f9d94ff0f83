import { createHash } from "node:crypto";
import { type ErrorCode, VitrailError } from "../../errors.ts";
import type { SkippedSample } from "../../formats/manifest.ts";
import { type Material, type PlannedSample, plannedSamples } from "./planned_sample.ts";
import { ShardCutter, type ShardRange, type ShardSize } from "./shard_cutter.ts";

/** What a whole set comes to, known before a pixel is. */
export interface SetPlan {
  readonly shards: readonly ShardRange[];
  /** Samples that are left out, in order. */
  readonly skipped: readonly SkippedSample[];
  /** sha256 of all that decides the samples' shapes, and of where they are cut into shards, in hex. */
  readonly sha256: string;
  /** The shape of a row of pixels. */
  readonly row: readonly number[];
  /**
   * Tokens of the sample at each position: of its whole row, or where there is no tokenizer of its pictures. Undefined
   * for one that is skipped, or where the recipe does not say.
   */
  readonly tokens: readonly (number | undefined)[];
}

/** How a set is planned. */
export interface SetOptions {
  readonly shardSize: ShardSize;
  /** Whether a bad sample ends the run, or is left out. */
  readonly onError: "fail" | "skip";
  /** Called with the samples planned so far. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Plans a set, from the texts and the pictures' headers alone: where it is cut into shards depends on nothing else but
 * which pictures are links to one file, so that machines and runs that cut otherwise have another checksum.
 * @throws {VitrailError} the first sample's error, where `onError` is `fail`; `dataset` where no sample is left; `shape`
 * for a recipe whose rows differ from picture to picture.
 */
export async function planSet(material: Material, options: SetOptions): Promise<SetPlan> {
  const { mixture } = material;
  const cutter = new ShardCutter(options.shardSize), hash = createHash("sha256");
  const skipped: SkippedSample[] = [], tokens: (number | undefined)[] = Array(mixture.length);
  let row: readonly number[] | undefined;
  for await (const found of plannedSamples(material, Array(mixture.length).keys())) {
    options.onProgress?.(found.position + 1, mixture.length);
    if ("reason" in found) {
      if (options.onError === "fail") throw new VitrailError(found.code as ErrorCode, found.reason);
      skipped.push(found);
      hash.update(`${found.code}\n`);
      continue;
    }
    hash.update(`${JSON.stringify(digestOf(material, found))}\n`);
    for (const unit of found.units) requireShape(unit.row, row ??= unit.row, found.where);
    cutter.add(found);
    tokens[found.position] = found.row?.whole ?? sum(found.units.map(({ image }) => image.tokens));
  }
  if (skipped.length === mixture.length) {
    throw new VitrailError("dataset", `none of ${mixture.length} samples can be used; ${skipped[0].reason}`);
  }
  const shards = cutter.finish(mixture.length);
  for (const { changed: _, ...range } of shards) hash.update(`${JSON.stringify(range)}\n`);
  return {
    shards,
    skipped,
    sha256: hash.digest("hex"),
    row: row ?? [3, material.recipe.tile.height, material.recipe.tile.width],
    tokens,
  };
}

/** What decides a sample's part of a shard, the texts apart, which the data sets' own checksums cover. */
function digestOf({ mixture }: Material, { position, units }: PlannedSample): unknown[] {
  const { file, index } = mixture.placeOf(position);
  const files = units.flatMap(({ pictures }) => pictures);
  return [file, index, ...files.map(({ name, size, bytes }) => [name, size.width, size.height, bytes])];
}

function requireShape(row: readonly number[], first: readonly number[], where: string): void {
  if (row.join() === first.join()) return;
  throw new VitrailError(
    "shape",
    `${where}: its rows are [${row}], and those before it are [${first}]; shards need rows of one shape, ` +
      `as tiles ("c (h p) (w q) -> (h w) c p q") are`,
  );
}

function sum(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce((a, b) => a === undefined || b === undefined ? undefined : a + b, 0);
}
