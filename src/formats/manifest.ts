import { join } from "node:path";
import { VitrailError } from "../errors.ts";
import { ioError } from "./io_error.ts";
import { readJson } from "./json_file.ts";
import { sealedSha256Of } from "./sha256.ts";

/** The format that a manifest gives as its own; another number is another form of shards. */
export const MANIFEST_FORMAT = "vitrail-sft-2";

/** The name of the manifest of a whole set. */
export const MANIFEST = "manifest.json";

/** A sample that is in no shard. */
export interface SkippedSample {
  /** Its place in the set, from 0. */
  readonly position: number;
  /** The error's code: the kind of thing that is wrong. */
  readonly code: string;
  /** The sample's name, and what is wrong. */
  readonly reason: string;
  /** True where such samples were asked to be left out, whatever is done with bad ones. */
  readonly asked?: true;
}

/** One shard. */
export interface ManifestShard {
  /** Its place among the shards, from 0. */
  readonly shard: number;
  /** Its file, in the manifest's folder. */
  readonly file: string;
  readonly bytes: number;
  /** The file's checksum, in hex. */
  readonly sha256: string;
  readonly samples: number;
  /** Pictures that it stores, each once. */
  readonly pictures: number;
  /** Rows of its `pixel_values`. */
  readonly tiles: number;
  /** Picture tokens of all samples; null where the recipe does not say. */
  readonly tokens: number | null;
  /** Samples that were to be in it, and whose pictures turned out not to decode. */
  readonly skipped: readonly SkippedSample[];
}

/** A set of shards. Nothing in it depends on when, where or by how many machines the set was made. */
export interface Manifest {
  readonly format: typeof MANIFEST_FORMAT;
  /** All that decides what the shards hold. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** A checksum of every planned sample's shapes, and the number of shards. */
  readonly plan: { readonly sha256: string; readonly shards: number };
  /** The part of the shards that this is, `i` of `n`; absent in the manifest of all. */
  readonly part?: readonly [i: number, n: number];
  readonly totals: ManifestTotals;
  readonly shards: readonly ManifestShard[];
  /** Samples that were left out before any pixel was decoded. */
  readonly skipped: readonly SkippedSample[];
}

/** Sums over a manifest's shards. */
export interface ManifestTotals {
  readonly samples: number;
  readonly pictures: number;
  readonly tiles: number;
  readonly tokens: number | null;
  readonly bytes: number;
  /** Samples that are in none of these shards, for whatever reason. */
  readonly skipped: number;
}

/** Returns the name of a part's manifest. */
export function partName([i, n]: readonly [number, number]): string {
  return `manifest-${i}-of-${n}.json`;
}

/** Returns whether a file of this name is the manifest of a part. */
export function isPartName(name: string): boolean {
  return /^manifest-\d+-of-\d+\.json$/.test(name);
}

/** Sums over shards, and over the samples that were skipped before any of them was made. */
export function totalsOf(
  shards: readonly ManifestShard[],
  skipped: readonly SkippedSample[],
): ManifestTotals {
  const sum = (value: (shard: ManifestShard) => number) =>
    shards.reduce((all, shard) => all + value(shard), 0);
  return {
    samples: sum(({ samples }) => samples),
    pictures: sum(({ pictures }) => pictures),
    tiles: sum(({ tiles }) => tiles),
    tokens: shards.some(({ tokens }) => tokens === null) ? null : sum(({ tokens }) => tokens!),
    bytes: sum(({ bytes }) => bytes),
    skipped: skipped.length + sum((shard) => shard.skipped.length),
  };
}

/**
 * Reads a manifest.
 *
 * @throws {VitrailError} `io` where there is none, or where it is not one of ours.
 */
export async function readManifest(path: string): Promise<Manifest> {
  const value = await readJson(path);
  if (value === undefined) {
    const missing = "it does not exist; vitrail sft writes it last, and vitrail merge where there are parts";
    throw ioError("read the manifest", path, new Deno.errors.NotFound(), { missing });
  }
  const { format, plan, shards, skipped } = value as Partial<Manifest>;
  const whole = typeof plan?.sha256 === "string" && Array.isArray(shards) && Array.isArray(skipped);
  if (format === MANIFEST_FORMAT && whole) return value as unknown as Manifest;
  const found = JSON.stringify(format);
  throw new VitrailError(
    "io",
    `${path} is no manifest of this version: its format is ${found}, expected "${MANIFEST_FORMAT}"`,
  );
}

/** A file's name in its folder, its length, and its checksum in hex. */
type FileFacts = Pick<ManifestShard, "file" | "bytes" | "sha256">;

/**
 * Says how a shard's file differs from what its manifest says; undefined where it does not.
 *
 * @param checksum whether the file's bytes are compared too, with its manifest and with the checksum in it,
 * and not its size alone
 * @throws {VitrailError} `io` where the file is there and cannot be read.
 */
export function shardProblem(
  folder: string,
  shard: FileFacts,
  checksum: boolean,
): Promise<string | undefined> {
  return problemOf(folder, shard, { checksum, sealed: checksum });
}

/**
 * Says how a file that ends in no checksum differs from what was noted of it; undefined where it does not.
 *
 * @throws {VitrailError} `io` where the file is there and cannot be read.
 */
export function fileProblem(folder: string, file: FileFacts): Promise<string | undefined> {
  return problemOf(folder, file, { checksum: true, sealed: false });
}

async function problemOf(
  folder: string,
  { file, bytes, sha256 }: FileFacts,
  { checksum, sealed }: { checksum: boolean; sealed: boolean },
): Promise<string | undefined> {
  const path = join(folder, file);
  let found: number;
  try {
    found = (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return `${file} is missing`;
    throw ioError("read", path, error);
  }
  if (found !== bytes) return `${file} has ${found} bytes, not ${bytes}`;
  if (!checksum) return undefined;
  const own = await sealedSha256Of(path);
  if (own.sha256 !== sha256) return `${file} has another checksum`;
  return own.sealed || !sealed ? undefined : `${file} does not end in the checksum of its content`;
}
