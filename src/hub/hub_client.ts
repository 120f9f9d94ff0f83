import { createHash } from "node:crypto";
import { messageOf, VitrailError } from "../errors.ts";
import { fileOf, hubFetch } from "./hub_fetch.ts";
import { type HubRepo, isCommit, repoText } from "./hub_repo.ts";
import type { HubSettings } from "./hub_settings.ts";
import { MODEL_FILE_NAMES, type ModelFileName, mostBytesOf } from "./model_files.ts";
import { requireSize } from "./model_folder.ts";
import { sha256OfBytes } from "../formats/sha256.ts";

/** The most bytes that the hub's lists of a model's files may have. */
const MOST_OF_LISTS = 2 ** 24;

/** A commit of a model on the hub. */
export interface HubCommit {
  /** Its 40 digits. */
  readonly commit: string;
  /** The files that Vitrail reads, of those that it has, by name. */
  readonly files: ReadonlyMap<string, HubFile>;
}

/** A file on the hub, as the hub describes it. */
export interface HubFile {
  /** Its length, in bytes. */
  readonly size: number;
  /** The name of its content: the sha256 of a large file, or git's name of a short one. Caches call it so. */
  readonly etag: string;
}

/** The address of a file on the hub. */
export function addressOf({ endpoint }: HubSettings, repo: HubRepo, commit: string, name: string): string {
  return `${endpoint}/${repo.id}/resolve/${commit}/${name}`;
}

/**
 * Asks the hub for the commit that a revision is, and for the files of it.
 * @throws {VitrailError} `io` where the hub does not say, or says what cannot be.
 */
export async function hubCommit(settings: HubSettings, repo: HubRepo): Promise<HubCommit> {
  const { modelInfo, pathsInfo } = await library();
  const request = {
    repo,
    what: repoText(repo),
    most: MOST_OF_LISTS,
    why: "the most that such a list may have",
  };
  const asked = { hubUrl: settings.endpoint, fetch: hubFetch(settings, request) };
  return await spoken(settings, repoText(repo), async (strange) => {
    const info = await modelInfo({
      ...asked,
      name: repo.id,
      revision: repo.revision,
      additionalFields: ["sha", "filePaths"],
    });
    const commit = String(info.sha);
    if (!isCommit(commit)) throw strange(`the commit ${JSON.stringify(info.sha)}`);
    if (isCommit(repo.revision) && commit !== repo.revision) throw strange(`another commit, ${commit}`);
    const paths = MODEL_FILE_NAMES.filter((name) => info.filePaths.includes(name));
    const found = paths.length > 0
      ? await pathsInfo({ ...asked, repo: repo.id, revision: commit, paths })
      : [];
    const files = found.map(({ path, size, oid, lfs }) => {
      const etag = lfs?.oid ?? oid ?? "";
      if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(etag)) throw strange(`the hash "${etag}" of ${path}`);
      return [path, { size: lfs?.size ?? size, etag }] as const;
    });
    const lost = paths.find((path) => !files.some(([found]) => found === path));
    if (lost !== undefined) throw strange(`no size of ${lost}`);
    return { commit, files: new Map(files) };
  });
}

/**
 * Downloads one file, and holds it to the size and the hash that the hub gave.
 * @throws {VitrailError} `io` where the hub does not give it, or gives another; `limit` where it is too
 * large.
 */
export async function downloadHubFile(
  settings: HubSettings,
  repo: HubRepo,
  commit: string,
  name: ModelFileName,
  file: HubFile,
): Promise<Uint8Array> {
  const what = fileOf(name, repo), { size, etag } = file;
  requireSize(what, size, mostBytesOf(name));
  const { downloadFile } = await library();
  const bytes = await spoken(settings, what, async () => {
    const blob = await downloadFile({
      repo: repo.id,
      path: name,
      revision: commit,
      hubUrl: settings.endpoint,
      fetch: hubFetch(settings, { repo, what, most: size, why: "which the hub said it has" }),
      xet: false,
      downloadInfo: { size, etag, url: addressOf(settings, repo, commit, name) },
    });
    return new Uint8Array(await blob!.arrayBuffer());
  });
  if (bytes.byteLength === size && hashOf(bytes, etag) === etag) return bytes;
  const wrong = bytes.byteLength === size ? "with another content" : `with ${bytes.byteLength} bytes`;
  throw new VitrailError(
    "io",
    `${what} came from ${settings.endpoint} ${wrong}, where it said ${size} bytes of hash ${etag}; try again`,
  );
}

/** Returns the hash of bytes of the kind that `etag` is: their sha256, or git's name of them as a blob. */
function hashOf(bytes: Uint8Array, etag: string): string {
  if (etag.length === 64) return sha256OfBytes(bytes);
  return createHash("sha1").update(`blob ${bytes.byteLength}\0`).update(bytes).digest("hex");
}

/** The hub's own client, which is loaded only where the hub is asked. */
function library(): Promise<typeof import("npm:@huggingface/hub@2.17.5")> {
  return import("npm:@huggingface/hub@2.17.5");
}

/**
 * Does what asks the hub. Errors of the client's, which meets an answer that it cannot read, become `io`.
 * @param ask is given what makes the error of an answer that cannot be
 */
async function spoken<T>(
  { endpoint }: HubSettings,
  what: string,
  ask: (strange: (said: string) => VitrailError) => Promise<T>,
): Promise<T> {
  const strange = (said: string, cause?: unknown) =>
    new VitrailError("io", `${endpoint} answers for ${what} as no hub does: ${said}`, { cause });
  try {
    return await ask(strange);
  } catch (error) {
    throw error instanceof VitrailError ? error : strange(messageOf(error), error);
  }
}
