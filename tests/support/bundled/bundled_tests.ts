import type { CheckedCalls, PageReport } from "./report.ts";

/** A test as `Deno.test` takes it. */
interface BundledTest {
  name: string;
  fn: () => unknown;
  ignore?: boolean;
}

/** Tests on the reference: it is the other two that another runtime is there for. */
const LEFT_OUT = /\(reference\)$/;

const tests: BundledTest[] = [], after: (() => unknown)[] = [];

/** Registers a test, in either of the ways in which `Deno.test` takes one. */
function register(first: string | BundledTest, fn?: () => unknown): void {
  const own = typeof first === "string" ? { name: first, fn: fn! } : first;
  if (!LEFT_OUT.test(own.name)) tests.push(own);
}

/** The stand-in for `Deno.test` in a bundle of tests. */
export const test = Object.assign(register, { afterAll: (fn: () => unknown) => after.push(fn) });

/**
 * Runs the tests that were registered, one after another, and reports each; a bundle without tests is a
 * failure.
 * @param checked the calls of goldens that they have checked by then
 */
export async function runBundled(
  checked: ReadonlyMap<string, CheckedCalls>,
  report: (line: PageReport) => Promise<void> | void,
): Promise<void> {
  const wanted = tests.filter(({ ignore }) => !ignore);
  if (wanted.length === 0) await report({ name: "a bundle of tests", failure: "there is no test in it" });
  for (const { name, fn } of wanted) {
    const start = performance.now();
    try {
      await fn();
      await report({ name, ms: performance.now() - start });
    } catch (error) {
      await report({
        name,
        failure: error instanceof Error ? `${error.message}\n${error.stack}` : `${error}`,
      });
    }
  }
  for (const fn of after) await fn();
  await report({ calls: Object.fromEntries(checked) });
}
