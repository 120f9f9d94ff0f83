import { MOST_CONFIG_BYTES, readBoundedText } from "../formats/bounded_file.ts";
import { dirname, join, relative } from "node:path";
import { VitrailError } from "../errors.ts";
import { writeAtomically } from "../formats/atomic_write.ts";
import { type HubRepo, isCommit } from "./hub_repo.ts";
import type { HubSettings } from "./hub_settings.ts";
import type { ModelFile, ModelFileName } from "./model_files.ts";
import { readModelFile } from "./model_folder.ts";

/**
 * The part of the cache that holds one model, as Python's hub client lays it out:
 *
 *     models--Qwen--Qwen2-VL-2B/
 *       refs/main                         the commit that the branch was when it was asked for
 *       snapshots/COMMIT/config.json      a link to the blob, or the file itself where links cannot be made
 *       blobs/ETAG                        the contents
 *       .no_exist/COMMIT/NAME             empty: the commit has no file of that name
 *
 * Source: huggingface_hub `file_download.py`, `_hf_hub_download_to_cache_dir`.
 */
export class HubCache {
  /** The model's folder. */
  readonly folder: string;

  /** Names the folder of a model in the cache; nothing is read yet. */
  constructor(cache: string, readonly repo: HubRepo, readonly copies: boolean) {
    this.folder = join(cache, ["models", ...repo.id.split("/")].join("--"));
  }

  /** The part of the cache for a model; undefined where it is not known which folder the cache is. */
  static of({ cache, copies }: HubSettings, repo: HubRepo): HubCache | undefined {
    return cache === undefined ? undefined : new HubCache(cache, repo, copies);
  }

  /**
   * Returns the commit that the revision is, as far as the cache knows.
   * @throws {VitrailError} `io` where what the cache notes for the revision is no commit.
   */
  async commit(): Promise<string | undefined> {
    const { revision } = this.repo;
    if (isCommit(revision)) return revision;
    const path = join(this.folder, "refs", ...revision.split("/"));
    const text = await readBoundedText(path, MOST_CONFIG_BYTES).catch(() => undefined);
    const commit = text?.trim();
    if (commit === undefined || isCommit(commit)) return commit;
    throw new VitrailError("io", `${path} is damaged: it holds no commit, but ${JSON.stringify(commit)}`);
  }

  /**
   * Reads a file; undefined where the cache does not have it.
   * @throws {VitrailError} `io` where it cannot be read; `limit` where it is too large.
   */
  read(commit: string, name: ModelFileName): Promise<ModelFile | undefined> {
    return readModelFile(this.#snapshot(commit, name), name, "cache");
  }

  /** Tells if the cache knows that the commit has no file of this name. */
  async lacks(commit: string, name: ModelFileName): Promise<boolean> {
    return await exists(this.#mark(commit, name));
  }

  /**
   * Puts a file into the cache. It appears whole, whoever else writes it meanwhile. Returns its path;
   * undefined where the cache cannot be written.
   */
  async keep(
    commit: string,
    name: ModelFileName,
    etag: string,
    bytes: Uint8Array,
  ): Promise<string | undefined> {
    const blob = join(this.folder, "blobs", etag), path = this.#snapshot(commit, name);
    return await written(async () => {
      await makeFolders(blob, path);
      await writeAtomically(blob, bytes);
      if (this.copies || !await linked(blob, path)) await Deno.rename(blob, path);
      return path;
    });
  }

  /** Notes that the commit has no file of this name, where the cache can be written. */
  async keepLack(commit: string, name: ModelFileName): Promise<void> {
    const path = this.#mark(commit, name);
    await written(async () => {
      await makeFolders(path);
      await writeAtomically(path, new Uint8Array());
    });
  }

  /** Notes which commit the revision is, where the cache can be written. */
  async keepCommit(commit: string): Promise<void> {
    const { revision } = this.repo;
    if (isCommit(revision)) return;
    const path = join(this.folder, "refs", ...revision.split("/"));
    await written(async () => {
      await makeFolders(path);
      await writeAtomically(path, new TextEncoder().encode(commit));
    });
  }

  #snapshot(commit: string, name: string): string {
    return join(this.folder, "snapshots", commit, name);
  }

  #mark(commit: string, name: string): string {
    return join(this.folder, ".no_exist", commit, name);
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Makes the folders that files lie in. */
async function makeFolders(...paths: readonly string[]): Promise<void> {
  for (const path of paths) await Deno.mkdir(dirname(path), { recursive: true });
}

/** Makes `path` a link to a blob, in place of what was there; false where links cannot be made. */
async function linked(blob: string, path: string): Promise<boolean> {
  const temporary = `${path}.${crypto.randomUUID()}.part`;
  try {
    await Deno.symlink(relative(dirname(path), blob), temporary);
  } catch {
    return false;
  }
  await Deno.rename(temporary, path);
  return true;
}

/** Returns what `write` gives; undefined where the system lets nothing be written. */
async function written<T>(write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof VitrailError || error instanceof Deno.errors.NotCapable) return undefined;
    if (typeof (error as { code?: unknown }).code === "string") return undefined;
    throw error;
  }
}
