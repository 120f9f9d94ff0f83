/** The error that a failed assertion throws. */
export class AssertionError extends Error {}

/** Any class whose instances are `T`, abstract ones too. */
type ClassOf<T> = abstract new (...args: never[]) => T;

/** Fails unless `value` is truthy. */
export function assert(value: unknown, message?: string): asserts value;

/** Fails unless the two are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, message?: string): void;

/** Fails if the two are deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, message?: string): void;

/** Fails unless the two differ by `tolerance` at most (1e-7 of `expected` without one). */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  message?: string,
): void;

/** Fails unless `actual` > `expected`. */
export function assertGreater<T>(actual: T, expected: T, message?: string): void;

/** Fails unless `actual` ≥ `expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, message?: string): void;

/** Fails unless `actual` < `expected`. */
export function assertLess<T>(actual: T, expected: T, message?: string): void;

/** Fails unless `actual` ≤ `expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, message?: string): void;

/** Fails unless `expected` stands in `actual`. */
export function assertStringIncludes(actual: string, expected: string, message?: string): void;

/** Fails unless `actual` matches `expected`. */
export function assertMatch(actual: string, expected: RegExp, message?: string): void;

/** Fails unless `actual` is an instance of `expected`. */
export function assertInstanceOf<T>(
  actual: unknown,
  expected: ClassOf<T>,
  message?: string,
): asserts actual is T;

/** Fails unless `run` throws; gives what it threw. */
export function assertThrows(run: () => unknown, message?: string): unknown;
/** Fails unless `run` throws an `errorClass` whose message contains `includes`; gives what it threw. */
export function assertThrows<E extends Error>(
  run: () => unknown,
  errorClass: ClassOf<E>,
  includes?: string,
  message?: string,
): E;

/** Fails unless what `run` returns rejects; gives what it rejected with. */
export function assertRejects(run: () => PromiseLike<unknown>, message?: string): Promise<unknown>;
/**
 * Fails unless it rejects with an `errorClass` whose message contains `includes`; gives what it rejected
 * with.
 */
export function assertRejects<E extends Error>(
  run: () => PromiseLike<unknown>,
  errorClass: ClassOf<E>,
  includes?: string,
  message?: string,
): Promise<E>;

/** Fails. */
export function fail(message?: string): never;

/** Fails: the test has reached a line that it must not reach. */
export function unreachable(message?: string): never;
