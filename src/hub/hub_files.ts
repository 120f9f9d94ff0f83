import { VitrailError } from "../errors.ts";
import { CONFIG_NAMES, givesConfig } from "../recipes/model_config.ts";
import { HubCache } from "./hub_cache.ts";
import { addressOf, downloadHubFile, type HubCommit, hubCommit } from "./hub_client.ts";
import { fileOf } from "./hub_fetch.ts";
import { type HubRepo, isCommit, repoText } from "./hub_repo.ts";
import type { HubSettings } from "./hub_settings.ts";
import { configsIn, filesThere, type ModelFile, type ModelFileName, type ModelFiles } from "./model_files.ts";

/**
 * The files of a model by its name: those of the cache, and where it does not have them, those of the hub.
 * All are of one commit.
 */
export class HubFiles implements ModelFiles {
  /** The model in messages. */
  readonly what: string;
  readonly #cache: HubCache | undefined;
  /** The commit that all files are of, once it is known. */
  #commit?: string;
  /** The hub's word on the commit, once it was asked. */
  #asked?: Promise<HubCommit>;
  /** True once configs were read, which settles the commit. */
  #settled = false;
  readonly #begun = new Map<ModelFileName, Promise<ModelFile | undefined>>();
  readonly #keeping = new Map<ModelFileName, Promise<ModelFile | undefined>>();

  private constructor(readonly repo: HubRepo, readonly settings: HubSettings) {
    this.what = repoText(repo);
    this.#cache = HubCache.of(settings, repo);
  }

  /**
   * Looks a model up in the cache.
   * @throws {VitrailError} `io` where what the cache notes for the revision is no commit.
   */
  static async open(repo: HubRepo, settings: HubSettings): Promise<HubFiles> {
    const files = new HubFiles(repo, settings);
    files.#commit = await files.#cache?.commit();
    return files;
  }

  /**
   * Returns the commit that all files are of.
   * @throws {VitrailError} `io` where the hub has to be asked and does not say.
   */
  async commit(): Promise<string> {
    return this.#commit ??= (await this.#hub(this.what)).commit;
  }

  /**
   * Reads the configs. Where those in the cache suffice for a recipe, the hub is not asked for others. Where
   * the first ones do not, all files are those of the commit that the revision is now.
   */
  async configs(clips: boolean): Promise<readonly ModelFile[]> {
    const commit = this.#commit, settled = this.#settled;
    this.#settled = true;
    if (commit !== undefined) {
      const cached = await filesThere(CONFIG_NAMES, (name) => this.#cache!.read(commit, name));
      const all = this.settings.offline || await this.#knowsAll(commit, cached);
      if (givesConfig(configsIn(cached), clips, all)) return cached;
      if (!settled && !isCommit(this.repo.revision)) this.#commit = undefined;
    }
    const files = await filesThere(CONFIG_NAMES, (name) => this.#once(name));
    // A run that failed has left none of them in the cache, where some would have passed for all.
    return await Promise.all(files.map(async (file) => (await this.#kept(file))!));
  }

  /** Tells if the cache has each config of the commit, or knows that there is none of its name. */
  async #knowsAll(commit: string, cached: readonly ModelFile[]): Promise<boolean> {
    const others = CONFIG_NAMES.filter((name) => !cached.some((file) => file.name === name));
    const lacks = await Promise.all(others.map((name) => this.#cache!.lacks(commit, name)));
    return lacks.every((lack) => lack);
  }

  /** Reads one file, once. */
  async read(name: ModelFileName): Promise<ModelFile | undefined> {
    return await this.#kept(await this.#once(name));
  }

  /** Reads one file, once, and puts nothing into the cache. */
  #once(name: ModelFileName): Promise<ModelFile | undefined> {
    const begun = this.#begun.get(name) ?? this.#find(name);
    this.#begun.set(name, begun);
    return begun;
  }

  async #find(name: ModelFileName): Promise<ModelFile | undefined> {
    const commit = await this.commit();
    const file = await this.#cache?.read(commit, name);
    if (file !== undefined || await this.#cache?.lacks(commit, name)) return file;
    const { files } = await this.#hub(fileOf(name, this.repo)), described = files.get(name);
    if (described === undefined) {
      await this.#cache?.keepLack(commit, name);
      return undefined;
    }
    const bytes = await downloadHubFile(this.settings, this.repo, commit, name, described);
    return { name, from: "hub", place: addressOf(this.settings, this.repo, commit, name), bytes };
  }

  /** Puts a file of the hub's into the cache, once, and returns it with its path there. */
  #kept(file: ModelFile | undefined): Promise<ModelFile | undefined> {
    const begun = file && this.#keeping.get(file.name);
    if (begun !== undefined) return begun;
    const keeping = this.#keep(file);
    if (file !== undefined) this.#keeping.set(file.name, keeping);
    return keeping;
  }

  async #keep(file: ModelFile | undefined): Promise<ModelFile | undefined> {
    if (file?.from !== "hub" || this.#cache === undefined) return file;
    const { commit, files } = await this.#hub(this.what);
    const path = await this.#cache.keep(commit, file.name, files.get(file.name)!.etag, file.bytes);
    return { ...file, place: path ?? file.place };
  }

  /**
   * Asks the hub for the commit, once.
   * @param what the reason, for the message of a hub that may not be asked
   */
  #hub(what: string): Promise<HubCommit> {
    return this.#asked ??= this.#ask(what);
  }

  async #ask(what: string): Promise<HubCommit> {
    const { repo, settings } = this;
    if (settings.offline) throw this.#offline(what);
    const found = await hubCommit(settings, { ...repo, revision: this.#commit ?? repo.revision });
    await this.#cache?.keepCommit(found.commit);
    return found;
  }

  #offline(what: string): VitrailError {
    const where = this.#cache === undefined
      ? "no cache is known (HF_HUB_CACHE, and --allow-env to read it)"
      : `the cache was looked in, ${this.#cache.folder}`;
    return new VitrailError("io", `${what} cannot be read offline (HF_HUB_OFFLINE): ${where}`);
  }
}
