import { join } from "node:path";
import { VitrailError } from "../../errors.ts";
import { FileLock } from "../../formats/file_lock.ts";
import { makeFolder } from "../../formats/folder.ts";
import { readJson, writeJson } from "../../formats/json_file.ts";
import { MANIFEST, type ManifestShard, shardProblem } from "../../formats/manifest.ts";
import type { Part } from "./set_plan.ts";
import type { PlannedShard } from "./shard_cutter.ts";

/** The name of the file that holds the arguments of a folder's shards, written before the first of them. */
const ARGUMENTS = "arguments.json";

/** The beginning of the tag, in names of files that are not whole, of those who joined a folder. */
const JOINED = "maker-";

/** The differences of arguments that are shown, and the longest that one of them is shown. */
const SHOWN = 2, LONGEST = 60;

/** The note of a shard that is whole. */
interface Note extends ManifestShard {
  /** The marks of its pictures' files; absent in a note of an earlier version. */
  readonly marks?: string;
}

/** The folder that a set is made in. A later attempt goes on where an earlier one ended. */
export class SetFolder {
  readonly #lock: FileLock | undefined;
  readonly #tag: string;
  #exchanged = 0;

  private constructor(
    /** Its path, as given. */
    readonly path: string,
    lock: FileLock | undefined,
    tag: string,
  ) {
    this.#lock = lock;
    this.#tag = tag;
  }

  /**
   * Opens a folder, new or of an earlier attempt, for one part of a set. One process at a time may have it
   * open.
   *
   * @param decisive all that decides what the shards hold
   * @throws {VitrailError} `usage` where the folder holds shards of other arguments (the differences are
   * named) or of unknown ones, or where another process is making this part; `io` where the folder cannot be
   * written.
   */
  static async open(
    path: string,
    decisive: Readonly<Record<string, unknown>>,
    [i, n]: Part,
  ): Promise<SetFolder> {
    await makeFolder(path);
    const part = `${i}-of-${n}`, lock = await FileLock.take(join(path, `.part-${part}.lock`));
    if (lock === undefined) {
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
   * Joins those who make shards of one set in a folder: each is handed its shards, and notes are another's.
   *
   * @param maker the name of who joins, which keeps files apart that are not whole yet
   * @throws {VitrailError} as {@linkcode SetFolder.open}, but that others may have the folder open.
   */
  static async join(
    path: string,
    decisive: Readonly<Record<string, unknown>>,
    maker: string,
  ): Promise<SetFolder> {
    await makeFolder(path);
    await requireSame(path, decisive);
    return new SetFolder(path, undefined, `${JOINED}${maker}`);
  }

  /**
   * The count of shards that `finished` did not give since files of their pictures differ from those that
   * they were made of.
   */
  get exchanged(): number {
    return this.#exchanged;
  }

  /**
   * Returns the note of a shard that is whole; undefined for a shard that is to be made, or made again.
   *
   * The time of a picture's last change is not enough. A file that was renamed to the picture's name may be
   * older than the shard, and Deno gives some times in whole seconds. The picture's mark is another then.
   */
  async finished(
    file: string,
    { changed, marks }: Pick<PlannedShard, "changed" | "marks">,
  ): Promise<ManifestShard | undefined> {
    const note = join(this.path, noteOf(file));
    const noted = await readJson(note).catch(() => undefined);
    const { marks: before = marks, ...shard } = (noted ?? {}) as Partial<Note>;
    if (shard.file !== file || !Array.isArray(shard.skipped)) return undefined;
    if (before !== marks || (await Deno.stat(note)).mtime!.getTime() < changed) {
      this.#exchanged++;
      return undefined;
    }
    const whole = shard as ManifestShard;
    return await shardProblem(this.path, whole, true) === undefined ? whole : undefined;
  }

  /** Notes that a shard is whole, and the marks of the pictures that it was made of. */
  async note(shard: ManifestShard, marks: string): Promise<void> {
    const note = noteOf(shard.file);
    await writeJson(join(this.path, note), { ...shard, marks } satisfies Note, this.temporary(note));
  }

  /**
   * Returns the name of a file until it is whole. It is this part's own, since parts of other divisions may
   * make the same shards.
   */
  temporary(file: string): string {
    return `.${file}.${this.#tag}.part`;
  }

  /** Removes what those who joined, and were killed, have left of files that were not whole. */
  async removeLeft(): Promise<void> {
    for await (const { name } of Deno.readDir(this.path)) {
      const left = name.startsWith(".") && name.includes(`.${JOINED}`) && name.endsWith(".part");
      if (left) await Deno.remove(join(this.path, name)).catch(() => {});
    }
  }

  /** Gives the folder back; another process may go on with it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lock?.[Symbol.asyncDispose]();
  }
}

/** Returns the name of a shard's note. */
function noteOf(file: string): string {
  return file.replace(/\.safetensors$/, ".json");
}

/** Holds the arguments against those of the folder, or writes them where it has none. */
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
  const shown = differencesText(found, decisive);
  if (shown === undefined) return;
  throw new VitrailError(
    "usage",
    `${path} holds shards of other arguments\n  ${shown}\n` +
      `  give another --out, or the arguments in ${file}`,
  );
}

/**
 * Returns the differences of what decides a set's shards in one line: some whole, each of another argument,
 * and how many others there are. It is undefined where there are none.
 */
export function differencesText(
  before: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): string | undefined {
  const list = differences("", before, now);
  if (list.length === 0) return undefined;
  const ofArguments = Map.groupBy(list, (text) => text.split(/[. ]/)[0]);
  const shown = [...ofArguments.values()].slice(0, SHOWN)
    .map(([text]) => text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);
  const more = list.length - shown.length;
  return shown.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

/** Returns the name of a file in the folder that an earlier attempt made; undefined where there is none. */
async function strayIn(path: string): Promise<string | undefined> {
  for await (const { name } of Deno.readDir(path)) {
    if (name.endsWith(".safetensors") || name === MANIFEST) return name;
  }
}

/** Returns the differences of two JSON values, each such as `recipe.parameters.hdNum was 18 and is 12`. */
function differences(name: string, before: unknown, now: unknown): string[] {
  const [a, b] = [before, now].map((value) => JSON.stringify(value));
  if (a === b) return [];
  const deeper = [before, now].every((value) => typeof value === "object" && value !== null);
  if (!deeper) return [`${name} was ${a ?? "absent"} and is ${b ?? "absent"}`];
  const [old, own] = [before, now] as Record<string, unknown>[];
  const keys = new Set([...Object.keys(old), ...Object.keys(own)]);
  return [...keys].flatMap((key) => differences(name === "" ? key : `${name}.${key}`, old[key], own[key]));
}
