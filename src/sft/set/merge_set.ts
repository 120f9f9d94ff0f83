import { join } from "node:path";
import { VitrailError } from "../../errors.ts";
import { ioError } from "../../formats/io_error.ts";
import { writeJson } from "../../formats/json_file.ts";
import {
  isPartName,
  MANIFEST,
  type Manifest,
  type ManifestShard,
  readManifest,
  shardProblem,
  totalsOf,
} from "../../formats/manifest.ts";

/** A part's manifest, with the name of its file. */
interface PartManifest {
  readonly name: string;
  readonly manifest: Manifest;
}

/**
 * Joins the manifests of a set's parts to the manifest of the whole, as one machine alone would have written
 * it. Every shard is held against its manifest before. Where the set has no parts, its manifest is checked
 * and stays.
 *
 * @param checksums true reads the shards to compare their checksums, false compares their lengths only
 * @throws {VitrailError} `dataset` where shards are missing, differ from their manifest, or belong to
 * different sets; `io` where a file cannot be read.
 */
export async function mergeSet(folder: string, checksums: boolean): Promise<Manifest> {
  const parts = await partsIn(folder);
  for (const part of parts) requireSameSet(parts[0], part);
  const { part: _, ...first } = parts[0].manifest;
  const shards = shardsByNumber(parts);
  await fillAbsent(folder, parts, shards);
  const numbers = Array.from({ length: first.plan.shards }, (_, shard) => shard);
  const absent = numbers.filter((shard) => !shards.has(shard));
  const problems = absent.length > 0 ? [absentText(absent, parts)] : [];
  const ordered = [...shards.values()].sort((a, b) => a.shard - b.shard);
  for (const shard of ordered) {
    const problem = await shardProblem(folder, shard, checksums);
    if (problem !== undefined) problems.push(problem);
  }
  if (problems.length > 0) {
    throw new VitrailError("dataset", `${folder} is not whole: ${problems.join("; ")}`);
  }
  const manifest = { ...first, totals: totalsOf(ordered, first.skipped), shards: ordered };
  if (parts[0].name !== MANIFEST) await writeJson(join(folder, MANIFEST), manifest);
  return manifest;
}

/** Reads the manifests of the parts in a folder, or that of the whole where there are none. */
async function partsIn(folder: string): Promise<PartManifest[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) if (isPartName(name)) names.push(name);
  } catch (error) {
    throw ioError("read the folder", folder, error, {
      missing: "it does not exist",
      notFolder: "it is not a folder",
    });
  }
  if (names.length === 0) names.push(MANIFEST);
  const read = names.sort().map(async (name) => ({ name, manifest: await readManifest(join(folder, name)) }));
  return await Promise.all(read);
}

function requireSameSet(first: PartManifest, other: PartManifest): void {
  const texts = [first, other].map(({ manifest }) => JSON.stringify([manifest.arguments, manifest.plan]));
  if (texts[0] === texts[1]) return;
  throw new VitrailError(
    "dataset",
    `${first.name} and ${other.name} are of different sets: their arguments or their plans differ`,
  );
}

/** Returns the shards of all parts by number; a shard that two parts made must be the same in both. */
function shardsByNumber(parts: readonly PartManifest[]): Map<number, ManifestShard> {
  const shards = new Map<number, ManifestShard>();
  for (const { name, manifest } of parts) {
    for (const shard of manifest.shards) {
      const before = shards.get(shard.shard);
      if (before !== undefined && before.sha256 !== shard.sha256) {
        throw new VitrailError("dataset", `${name} has another ${shard.file} than a part before it`);
      }
      shards.set(shard.shard, shard);
    }
  }
  return shards;
}

/** Adds the shards that no part made, but that an earlier manifest of the whole set names. */
async function fillAbsent(
  folder: string,
  parts: readonly PartManifest[],
  shards: Map<number, ManifestShard>,
) {
  const { manifest: { plan } } = parts[0], path = join(folder, MANIFEST);
  if (shards.size === plan.shards || !await Deno.stat(path).then(() => true, () => false)) return;
  const whole = { name: MANIFEST, manifest: await readManifest(path) };
  requireSameSet(parts[0], whole);
  for (const shard of whole.manifest.shards) if (!shards.has(shard.shard)) shards.set(shard.shard, shard);
}

/** Returns the message for shards that no part has made, with the parts that would make them. */
function absentText(absent: readonly number[], parts: readonly PartManifest[]): string {
  const found = parts.map(({ name }) => name).join(", ");
  const [, n] = parts[0].manifest.part ?? [1, 1];
  const wanted = [...new Set(absent.map((shard) => `--shard ${shard % n + 1}/${n}`))].join(", ");
  const shown = absent.length > 8
    ? `${absent.slice(0, 8).join(", ")} and ${absent.length - 8} more`
    : absent.join(", ");
  const shards = absent.length === 1 ? "shard" : "shards";
  return `no part has made ${shards} ${shown} (found ${found}); run ${wanted}`;
}
