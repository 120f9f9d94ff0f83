import { join } from "node:path";
import { VitrailError } from "../../errors.ts";
import { FileLock } from "../../formats/file_lock.ts";
import { makeFolder } from "../../formats/folder.ts";
import { writeHashed } from "../../formats/hashed_write.ts";
import { readJson, writeJson } from "../../formats/json_file.ts";
import { MANIFEST, readManifest, shardProblem } from "../../formats/manifest.ts";
import { ShardFile } from "../shards/shard_file.ts";
import type { ExportedFile, ExportFormat } from "./export_formats.ts";
import { columnsOf, shardRows } from "./shard_rows.ts";

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

/** The progress of an export, in shards. */
export interface ExportProgress {
  readonly done: number;
  readonly total: number;
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
  const { shards } = await readManifest(join(folder, MANIFEST));
  for (const shard of shards) {
    const problem = await shardProblem(folder, shard, false);
    if (problem !== undefined) throw new VitrailError("dataset", `${folder} is not whole: ${problem}`);
  }
  const columns = await columnsOf(shards.map(({ file }) => join(folder, file)));
  await makeFolder(out);
  await using lock = await FileLock.take(join(out, LOCK));
  if (!lock) throw new VitrailError("usage", `another process is writing to ${out}; wait for it`);
  let note = await noteIn(out, format, shards.map(({ sha256 }) => sha256));
  let kept = 0;
  for (const [done, { shard, file }] of shards.entries()) {
    onProgress?.({ done, total: shards.length });
    const found = note.files[shard];
    if (found && await shardProblem(out, found, true) === undefined) {
      kept++;
      continue;
    }
    const rows = shardRows(await ShardFile.read(join(folder, file)));
    const name = format.fileName(shard);
    const written = await writeHashed(join(out, name), format.pieces(rows, columns), `.${name}.part`);
    note = { ...note, files: { ...note.files, [shard]: { file: name, ...written, rows: rows.length } } };
    await writeJson(join(out, NOTE), note);
  }
  onProgress?.({ done: shards.length, total: shards.length });
  const files = shards.map(({ shard }) => note.files[shard]);
  const index = format.index?.(files, columns);
  if (index) await writeJson(join(out, index.file), index.value);
  return { files, kept };
}

/**
 * Returns the note of an earlier attempt at the same export, or a new one.
 * @throws {VitrailError} `usage` where the folder holds another export, or files that no note is about.
 */
async function noteIn(out: string, format: ExportFormat, set: readonly string[]): Promise<Note> {
  const found = await readJson(join(out, NOTE)) as Note | undefined;
  if (found !== undefined) {
    if (found.to === format.name && found.set.join() === set.join()) return found;
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
