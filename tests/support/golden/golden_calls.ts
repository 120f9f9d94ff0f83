import { assert, AssertionError } from "@std/assert";
import { mapLimited } from "../../../src/engine/run/map_limited.ts";

/**
 * Says that every call of every golden is checked, as `deno task test:goldens` does, and not a sample of each
 * suite.
 */
export const EVERY_CALL = Deno.env.get("VITRAIL_GOLDENS") === "all";

/** The shorter side, in pixels, of a picture that is more than an edge case. */
const TELLING_SIDE = 64;

/** Failures whose messages are shown. */
const SHOWN = 3;

/** The calls that were checked, by executor, where the suite's name ends in one. */
export const CHECKED = new Map<string, { calls: number; equal: number }>();

/** Sizes of a call's pictures, in pixels. */
type SizesOf<T> = (call: T) => readonly { w: number; h: number }[];

/**
 * Returns the calls of a suite that this run checks: all of them, or a sample.
 * @param most how many calls a sample has; one of them is the larger of two
 */
export function takenOf<T>(calls: readonly T[], sizesOf: SizesOf<T>, most: 1 | 2 = 2): readonly T[] {
  if (EVERY_CALL) return calls;
  const sample = sampleOf(calls, sizesOf);
  const pixels = (call: T) => sizesOf(call).reduce((sum, { w, h }) => sum + w * h, 0);
  return most === 2 ? sample : sample.toSorted((a, b) => pixels(b) - pixels(a)).slice(0, 1);
}

/**
 * Returns one call or two of a suite, in the suite's order: the one of the fewest pixels, and the smallest
 * that has a picture higher than wide (many recipes turn it) of 64 pixels a side and more. Where there is
 * none it is the one of middle size.
 */
export function sampleOf<T>(calls: readonly T[], sizesOf: SizesOf<T>): T[] {
  const pixels = (call: T) => sizesOf(call).reduce((sum, { w, h }) => sum + w * h, 0);
  const bySize = calls.toSorted((a, b) => pixels(a) - pixels(b));
  const telling = bySize.find((call) => sizesOf(call).some(({ w, h }) => h > w && w >= TELLING_SIDE));
  const taken = [bySize[0], telling ?? bySize[bySize.length >> 1]];
  return calls.filter((call) => taken.includes(call));
}

/** Fails unless the sample of every suite is a call or two of its own. */
export function assertSampled<T>(suites: ReadonlyMap<string, readonly T[]>, sizesOf: SizesOf<T>): void {
  assert(suites.size > 0, "there are no suites");
  for (const [suite, calls] of suites) {
    const taken = sampleOf(calls, sizesOf);
    assert(taken.length >= 1 && taken.length <= 2, `${taken.length} calls of ${suite} are taken`);
    assert(taken.every((call) => calls.includes(call)), `a call that is taken is not one of ${suite}`);
  }
}

/**
 * Checks calls of a suite, those after one that fails too, and fails with the first failures' messages. Where
 * every call is checked it prints a line: the suite, its calls, how many are equal, and seconds.
 * @param check throws an `AssertionError` where a call's result is not the golden's
 * @param atOnce calls under way together
 */
export async function checkCalls<T>(
  suite: string,
  calls: readonly T[],
  check: (call: T) => Promise<void> | void,
  atOnce = 1,
): Promise<void> {
  const start = performance.now(), failures: string[] = [];
  await mapLimited(calls, atOnce, async (call) => {
    try {
      await check(call);
    } catch (error) {
      if (!(error instanceof AssertionError)) throw error;
      failures.push(error.message);
    }
  });
  const { length } = calls, equal = length - failures.length;
  count(suite, length, equal);
  if (EVERY_CALL) {
    const seconds = (performance.now() - start) / 1000;
    console.log(`${suite}: ${length} calls, ${equal} equal, ${seconds.toFixed(1)} s`);
  }
  if (failures.length === 0) return;
  throw new AssertionError(
    [`${suite}: ${failures.length} of ${length} calls differ`, ...failures.slice(0, SHOWN)].join("\n\n"),
  );
}

/** Counts calls for the executor that a suite's name ends in: `clip default (webgpu)`, `clip on webgpu`. */
function count(suite: string, calls: number, equal: number): void {
  const [, executor] = /\b(\w+)\)?$/.exec(suite) ?? [];
  if (!["webgpu", "simd", "reference"].includes(executor)) return;
  const before = CHECKED.get(executor) ?? { calls: 0, equal: 0 };
  CHECKED.set(executor, { calls: before.calls + calls, equal: before.equal + equal });
}
