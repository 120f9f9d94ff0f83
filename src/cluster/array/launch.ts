/** The making of a set by several machines: the same command for every part, then a merge of all parts. */
export interface Launch {
  /** The words that start Vitrail on this machine. */
  readonly program: readonly string[];
  /** The words that start it in a container. */
  readonly contained: readonly string[];
  /** The container's image. */
  readonly image: string;
  /** The working folder; paths in `make` are relative to it. */
  readonly folder: string;
  /** Folders that a container needs, under the paths that they have here; the working folder is the first. */
  readonly mounted: readonly string[];
  /** The arguments of `vitrail`, but for the part. */
  readonly make: readonly string[];
  /** The folder of the shards. */
  readonly out: string;
  /** The count of parts. */
  readonly parts: number;
  /** True where a part computes on a GPU. */
  readonly gpu: boolean;
}

/** The processor cores of a part. */
export const CORES = 4;

/** The memory of a part, GiB. */
export const MEMORY = 8;

/** The memory of the merge, GiB: it reads checksums. */
export const MERGE_MEMORY = 2;

/**
 * Returns the arguments by which a part is made.
 * @param part the value of `--shard`
 */
export function partArguments({ make }: Launch, part: string): string[] {
  const end = make.indexOf("--"); // behind which no flag may stand
  const at = end < 0 ? make.length : end;
  return [...make.slice(0, at), "--shard", part, ...make.slice(at)];
}

/** Returns the arguments of the merge. */
export function mergeArguments({ out }: Launch): string[] {
  return ["merge", ...(out.startsWith("-") ? ["--", out] : [out])];
}
