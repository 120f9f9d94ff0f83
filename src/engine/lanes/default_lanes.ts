import { isSoftware } from "../../gpu/device/device.ts";
import { runtime } from "../../runtime/here.ts";
import type { Executor } from "../executor.ts";

/**
 * Bytes of work that the engine does by itself before it opens lanes that nobody asked for: none where it
 * keeps people waiting meanwhile.
 */
export const DEFAULT_PATIENCE: number = runtime.mustAnswer ? 0 : 2 ** 28;

/** Bytes of a chunk that a CPU computes in less than 50 ms. */
const BRIEF = 2 ** 26;

/** The most lanes that are opened on one GPU by default. */
const MOST_ON_GPU = 8;

/**
 * Tells if an executor that computes a chunk of so many bytes on this thread would keep it for long. A GPU
 * computes beside it.
 */
export function keepsThread({ name }: Pick<Executor, "name">, bytes: number): boolean {
  return name !== "webgpu" && (runtime.mustAnswer || bytes > BRIEF);
}

/**
 * Tells if lanes that nobody asked for are for chunks alone that would keep this thread for long: a Worker on
 * the only core makes no others sooner.
 */
export function areOnlyForLong({ name }: Pick<Executor, "name">, lanes: number): boolean {
  return name === "simd" && lanes === 1;
}

/**
 * Returns the most lanes for an executor where nobody says how many. Without a GPU, one for each core. With a
 * GPU, half as many, since they share it. A software adapter keeps all cores busy by itself, and the
 * reference is not there to be fast.
 */
export function defaultLanes({ name, description }: Pick<Executor, "name" | "description">): number {
  const cores = navigator.hardwareConcurrency ?? 1;
  if (name === "reference") return 0;
  if (name === "simd") return cores;
  return isSoftware(description) ? 0 : Math.min(MOST_ON_GPU, Math.floor(cores / 2));
}
