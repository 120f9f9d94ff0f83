import { join } from "node:path";
import { VitrailError } from "../../errors.ts";
import { FileLock } from "../../formats/file_lock.ts";
import { makeFolder } from "../../formats/folder.ts";
import { writeHashed } from "../../formats/hashed_write.ts";
import { readJson, writeJson } from "../../formats/json_file.ts";
import { fileProblem, MANIFEST, readManifest, shardProblem } from "../../formats/manifest.ts";
import { openShard } from "../shards/checks/check_shard.ts";
import type { ExportedFile, ExportFormat } from "./export_formats.ts";
import { columnsOf, shardItems } from "./shard_items.ts";

/** The file that says what the files of a folder are; hidden from those who list a folder's data. */
const NOTE = ".vitrail-export.json";

/** The file that keeps other processes out. */
const LOCK = ".vitrail-export.lock";

/** A note of all that an export's folder holds so far. */
interface Note {
  readonly format: "vitrail-export-1";
  /** The format of its files. */
  readonly to: string;
  /** The checksums of the set's shards. */
  readonly set: readonly string[];
  /** The files that are whole, by the numbers of their shards. */
  readonly files: Readonly<Record<number, ExportedFile>>;
}

/** The progress of an export, in samples. */
export interface ExportProgress {
  /** Samples of the shards whose files are whole. */
  readonly done: number;
  readonly total: number;
  /** Those of `done` whose files an earlier attempt had left whole. */
  readonly found: number;
  /** Bytes of the files that were written. */
  readonly bytes: number;
}

/** The files of an export. */
export interface ExportSummary {
  /** The files, in order. */
  readonly files: readonly ExportedFile[];
  /** The count of those that an earlier attempt had left whole. */
  readonly kept: number;
}

/**
 * Writes a finished set in another format, a file for each shard, with at most one shard in memory. A file
 * has its name only when it is whole. A later attempt keeps those files whose checksums hold.
 *
 * @throws {VitrailError} `io` where the set cannot be read or a file cannot be written; `dataset` where a
 * shard is missing or has another length than the set's manifest says; `usage` where `out` holds something
 * else; `limit` where a shard is too large for the format.
 */
export async function exportSet(
  folder: string,
  format: ExportFormat,
  out: string,
  onProgress?: (progress: ExportProgress) => void,
): Promise<ExportSummary> {
  const manifest = await readManifest(join(folder, MANIFEST));
  const shards = manifest.shards.filter(({ samples }) => samples > 0);
  for (const shard of shards) {
    const problem = await shardProblem(folder, shard, false);
    if (problem !== undefined) throw new VitrailError("dataset", `${folder} is not whole: ${problem}`);
  }
  const columns = await columnsOf(shards.map(({ file }) => join(folder, file)));
  await makeFolder(out);
  await using lock = await FileLock.take(join(out, LOCK));
  if (!lock) throw new VitrailError("usage", `another process is writing to ${out}; wait for it`);
  let note = await noteIn(out, format, shards.map(({ sha256 }) => sha256));
  const progress = { done: 0, total: manifest.totals.samples, found: 0, bytes: 0 };
  let kept = 0;
  for (const { shard, file, samples } of shards) {
    const earlier = note.files[shard];
    if (earlier && await fileProblem(out, earlier) === undefined) {
      kept++;
      progress.found += samples;
    } else {
      const items = shardItems(await openShard(join(folder, file))), name = format.fileName(shard);
      const pieces = counted(format.pieces(items, columns), (bytes) => {
        progress.bytes += bytes;
        onProgress?.(progress);
      });
      const written = await writeHashed(join(out, name), pieces, `.${name}.part`);
      note = { ...note, files: { ...note.files, [shard]: { file: name, ...written, items: items.length } } };
      await writeJson(join(out, NOTE), note);
    }
    progress.done += samples;
    onProgress?.(progress);
  }
  const files = shards.map(({ shard }) => note.files[shard]);
  const index = format.index?.(files, columns);
  if (index) await writeJson(join(out, index.file), index.value);
  return { files, kept };
}

/** Yields pieces, and says after each how many bytes it had. */
async function* counted(pieces: AsyncIterable<Uint8Array>, onBytes: (bytes: number) => void) {
  for await (const piece of pieces) {
    yield piece;
    onBytes(piece.length);
  }
}

/**
 * Returns the note of an earlier attempt at the same export, or a new one.
 * @throws {VitrailError} `usage` where the folder holds another export, or files that no note is about.
 */
async function noteIn(out: string, format: ExportFormat, set: readonly string[]): Promise<Note> {
  const found = await readJson(join(out, NOTE)) as Note | undefined;
  if (found !== undefined) {
    if (found.to === format.name && JSON.stringify(found.set) === JSON.stringify(set)) return found;
    const what = found.to === format.name ? "of another set" : `as ${found.to}`;
    throw new VitrailError("usage", `${out} holds an export ${what}; give another --out`);
  }
  for await (const { name } of Deno.readDir(out)) {
    if (name !== LOCK) {
      throw new VitrailError("usage", `${out} holds ${name}, and an export wants a folder of its own`);
    }
  }
  const note: Note = { format: "vitrail-export-1", to: format.name, set, files: {} };
  await writeJson(join(out, NOTE), note);
  return note;
}
