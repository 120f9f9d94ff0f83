import { shown, VitrailError } from "../errors.ts";

/** A model on the hub, or in its cache. */
export interface HubRepo {
  /** Its name: `Qwen/Qwen3-VL-8B-Instruct`. */
  readonly id: string;
  /** The branch, tag or commit of it. */
  readonly revision: string;
}

/** A word of a name on the hub: letters, digits, `_`, and inside it single `-` and `.`. */
const WORD = /^(?![.-])(?!.*(?:--|\.\.))[\w.-]{1,96}(?<![.-])$/;

/** Tells if a text may be a model's name on the hub, with its organisation's: `Qwen/Qwen2-VL-2B`. */
export function isHubId(text: string): boolean {
  const words = text.split("/");
  return words.length === 2 && words.every((word) => WORD.test(word));
}

/**
 * Returns the model of this name at this revision. Nothing is looked up yet.
 * @throws {VitrailError} `usage` for what can be no name, or no revision. Both become parts of paths, so this
 * also keeps them inside the cache.
 */
export function hubRepo(id: string, revision = "main"): HubRepo {
  if (typeof id !== "string" || !isHubId(id) && !WORD.test(id)) {
    throw new VitrailError(
      "usage",
      `a model on the hub is called as in Qwen/Qwen3-VL-8B-Instruct, found ${shown(id)}`,
    );
  }
  const words = typeof revision === "string" ? revision.split("/") : [""];
  if (!words.every((word) => /^(?!\.)[\w.+@=-]+$/.test(word) && !word.includes(".."))) {
    throw new VitrailError(
      "usage",
      `a revision is a branch, a tag or a commit, such as main, found ${shown(revision)}`,
    );
  }
  return { id, revision };
}

/** Tells if a revision is a commit, whose files never change. */
export function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

/** Returns a model and its revision as messages name them. */
export function repoText({ id, revision }: HubRepo): string {
  return revision === "main" ? id : `${id} at ${revision}`;
}
