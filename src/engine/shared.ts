import { loaded } from "../runtime/loaded.ts";
import { cacheBytes } from "./cache/cache_bytes.ts";
import type { RowCache } from "./cache/row_cache.ts";
import type { Executor } from "./executor.ts";
import { openExecutor } from "./executors.ts";
import { areOnlyForLong, DEFAULT_PATIENCE, defaultLanes } from "./lanes/default_lanes.ts";
import { Lanes } from "./lanes/lanes.ts";
import { DEFAULT_MEMORY, type EngineOptions } from "./options.ts";
import { ArrayPool } from "./results/array_pool.ts";
import { Budget } from "./run/budget.ts";
import { DecodeGate } from "./run/decode_gate.ts";
import { SlowPictures } from "./run/slow_pictures.ts";
import { WorkClock } from "./run/work_clock.ts";

/** All that the calls of an engine share. */
export interface Shared {
  readonly executor: Executor;
  readonly lanes: Lanes;
  /** Bytes of working memory. */
  readonly memory: number;
  /** The working memory of chunks under way. */
  readonly budget: Budget;
  /** The memory of files from their hashing for the cache to their decoding. */
  readonly files: Budget;
  /** The memory of results. */
  readonly arrays: ArrayPool;
  /** The memory of results that are disposed of soon. */
  readonly briefArrays: ArrayPool;
  readonly decodes: DecodeGate;
  readonly clock: WorkClock;
  /** The pictures that took long to decode. */
  readonly slow: SlowPictures;
  /** The rows of pictures that were made before; absent where none are kept. */
  readonly cache?: RowCache;
}

/** The part of the memory in which files are held for the cache, beside the working memory. */
const FILES_SHARE = 1 / 4;

/**
 * Opens all that the calls of an engine share.
 * @param options held to what there is
 * @returns it, and the reason why its executor was taken
 * @throws {VitrailError} `device` where `webgpu` is asked for and there is no adapter.
 */
export async function openShared(options: EngineOptions): Promise<{ shared: Shared; why: string }> {
  const { memory = DEFAULT_MEMORY, device, upload } = options;
  const { executor, why } = await openExecutor(options, memory);
  const most = options.lanes ?? (device ? 0 : defaultLanes(executor));
  const areDefault = options.lanes === undefined, patience = areDefault ? DEFAULT_PATIENCE : 0;
  const onlyForLong = areDefault && areOnlyForLong(executor, most);
  const decodes = new DecodeGate(), slow = new SlowPictures();
  const lanes = new Lanes(executor, { most, memory, patience, onlyForLong, decodes, upload });
  const arrays = new ArrayPool(memory / 8), briefArrays = new ArrayPool(memory / 8, true);
  const budget = new Budget(memory), files = new Budget(memory * FILES_SHARE), clock = new WorkClock();
  const cache = await openCache(cacheBytes(options.cache));
  const results = { arrays, briefArrays, cache };
  return { shared: { executor, lanes, memory, budget, files, decodes, clock, slow, ...results }, why };
}

/** Frees all that the calls of an engine share. */
export function closeShared({ lanes, executor, arrays, briefArrays, cache }: Shared): void {
  lanes.close();
  executor.close();
  arrays.close();
  briefArrays.close();
  cache?.clear();
}

/** Returns a cache of so many bytes; undefined for none. */
async function openCache(bytes: number): Promise<RowCache | undefined> {
  if (bytes === 0) return undefined;
  const { RowCache } = await loaded("the cache", () => import("./cache/row_cache.ts")); // when asked for
  return new RowCache(bytes);
}
