/**
 * A page's stand-in for the few things of Deno that tests of goldens use: it registers tests, and reads files
 * of this repository from the server that serves the page. `startTests` runs them, and reports each.
 *
 * @module
 */

import { type CheckedCalls, report } from "./report.ts";

interface PageTest {
  name: string;
  fn: () => unknown;
  ignore?: boolean;
}

/** Tests on the reference: it is the other two that a page is there for. */
const LEFT_OUT = /\(reference\)$/;

const tests: PageTest[] = [], after: (() => unknown)[] = [];

/** Registers a test, in either of the ways in which `Deno.test` takes one. */
function test(first: string | PageTest, fn?: () => unknown): void {
  const own = typeof first === "string" ? { name: first, fn: fn! } : first;
  if (!LEFT_OUT.test(own.name)) tests.push(own);
}

class NotFound extends Error {}

/** Reads a file of the repository, while the page waits. */
function readTextFileSync(url: URL): string {
  const request = new (globalThis as unknown as { XMLHttpRequest: new () => SyncRequest }).XMLHttpRequest();
  request.open("GET", url.href, false);
  request.send();
  if (request.status !== 200) throw new NotFound(url.href);
  return request.responseText;
}

interface SyncRequest {
  open(method: string, url: string, async: false): void;
  send(): void;
  readonly status: number;
  readonly responseText: string;
}

Object.assign(globalThis, {
  Deno: {
    test: Object.assign(test, { afterAll: (fn: () => unknown) => after.push(fn) }),
    errors: { NotFound },
    env: { get: (name: string) => new URLSearchParams(location.search).get(name) ?? undefined },
    readTextFileSync,
    readTextFile: (url: URL) => Promise.resolve(readTextFileSync(url)),
    readDirSync: (url: URL) => JSON.parse(readTextFileSync(url)),
    readFile: async (url: URL) => new Uint8Array(await (await fetch(url)).arrayBuffer()),
  },
});

/**
 * Runs the tests that were registered, one after another.
 * @param checked the calls of goldens that they have checked by then
 */
export async function startTests(checked: ReadonlyMap<string, CheckedCalls>): Promise<void> {
  for (const { name, fn, ignore } of tests) {
    if (ignore) continue;
    try {
      await fn();
      await report({ name });
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
