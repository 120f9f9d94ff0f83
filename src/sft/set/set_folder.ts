import { join } from "node:path";
import { VitrailError } from "../../errors.ts";
import { makeFolder } from "../../formats/folder.ts";
import { ioError } from "../../formats/io_error.ts";
import { readJson, writeJson } from "../../formats/json_file.ts";
import { MANIFEST, type ManifestShard, shardProblem } from "../../formats/manifest.ts";

/** The name of the file that says what a folder's shards are made of, written before the first of them. */
const ARGUMENTS = "arguments.json";

/** The folder that a set is made in, where one run may go on after another. */
export class SetFolder {
  readonly #lock: Deno.FsFile;
  readonly #part: string;

  private constructor(
    /** Its path, as given. */
    readonly path: string,
    lock: Deno.FsFile,
    part: string,
  ) {
    this.#lock = lock;
    this.#part = part;
  }

  /**
   * Opens a folder, new or of an earlier run, for one part of a set; one process at a time.
   *
   * @param decisive all that decides what the shards hold
   * @throws {VitrailError} `usage` where the folder holds shards of other arguments (with what differs), or of unknown ones,
   * or where another process is at this part; `io` where it cannot be written.
   */
  static async open(
    path: string,
    decisive: Readonly<Record<string, unknown>>,
    [i, n]: readonly [number, number],
  ): Promise<SetFolder> {
    await makeFolder(path);
    const part = `${i}-of-${n}`, lockPath = lockPathOf(path, part);
    const lock = await Deno.open(lockPath, { write: true, create: true }).catch((error) => {
      throw ioError("write", lockPath, error);
    });
    if (!await lock.tryLock(true) || !await isNamed(lock, lockPath)) {
      lock.close();
      throw new VitrailError("usage", `another process is making part ${i} of ${n} in ${path}; wait for it`);
    }
    const folder = new SetFolder(path, lock, part);
    try {
      await requireSame(path, decisive);
      return folder;
    } catch (error) {
      await folder[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * What is noted of a shard that is whole; undefined for one that is to be made, or made again.
   * @param changed when the last of its pictures was changed, ms since 1970
   */
  async finished(file: string, changed: number): Promise<ManifestShard | undefined> {
    const note = join(this.path, noteOf(file));
    const noted = await readJson(note).catch(() => undefined);
    const shard = noted as ManifestShard | undefined;
    if (shard?.file !== file || !Array.isArray(shard.skipped)) return undefined;
    if ((await Deno.stat(note)).mtime!.getTime() < changed) return undefined;
    return await shardProblem(this.path, shard, true) === undefined ? shard : undefined;
  }

  /** Notes that a shard is whole. */
  async note(shard: ManifestShard): Promise<void> {
    const note = noteOf(shard.file);
    await writeJson(join(this.path, note), shard, this.temporary(note));
  }

  /** What a file is called until it is whole: by this part alone, since parts of other numbers may share shards. */
  temporary(file: string): string {
    return `.${file}.${this.#part}.part`;
  }

  /** Gives the folder back; another process may go on with it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(lockPathOf(this.path, this.#part)).catch(() => {}); // the lock is what counts, and that ends with the file
    this.#lock.close();
  }
}

function lockPathOf(folder: string, part: string): string {
  return join(folder, `.part-${part}.lock`);
}

/** Whether an open file still has its name, and was not removed by who had it before. */
async function isNamed(file: Deno.FsFile, path: string): Promise<boolean> {
  const named = await Deno.stat(path).catch(() => undefined);
  return named !== undefined && named.ino === (await file.stat()).ino;
}

/** The name of a shard's note. */
function noteOf(file: string): string {
  return file.replace(/\.safetensors$/, ".json");
}

/** Holds the arguments of this run against the folder's, or writes them where it has none. */
async function requireSame(path: string, decisive: Readonly<Record<string, unknown>>): Promise<void> {
  const file = join(path, ARGUMENTS);
  // Another part may write them between the first look and the second.
  const stray = await readJson(file) === undefined ? await strayIn(path) : undefined;
  const found = await readJson(file);
  if (found === undefined) {
    if (stray === undefined) return await writeJson(file, decisive);
    throw new VitrailError(
      "usage",
      `${path} holds ${stray}, and no ${ARGUMENTS} says what of; give another --out`,
    );
  }
  const list = differences("", found, decisive);
  if (list.length === 0) return;
  throw new VitrailError(
    "usage",
    `${path} holds shards of other arguments: ${list.join("; ")}; give another --out`,
  );
}

/** A file in the folder that only arguments explain. */
async function strayIn(path: string): Promise<string | undefined> {
  for await (const { name } of Deno.readDir(path)) {
    if (name.endsWith(".safetensors") || name === MANIFEST) return name;
  }
}

/** Where two JSON values differ, such as `recipe.parameters.hdNum was 18 and is 12`. */
function differences(name: string, before: unknown, now: unknown): string[] {
  const [a, b] = [before, now].map((value) => JSON.stringify(value));
  if (a === b) return [];
  const deeper = [before, now].every((value) => typeof value === "object" && value !== null);
  if (!deeper) return [`${name} was ${a ?? "absent"} and is ${b ?? "absent"}`];
  const [old, own] = [before, now] as Record<string, unknown>[];
  const keys = new Set([...Object.keys(old), ...Object.keys(own)]);
  return [...keys].flatMap((key) => differences(name === "" ? key : `${name}.${key}`, old[key], own[key]));
}
