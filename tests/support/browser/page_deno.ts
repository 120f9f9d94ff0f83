/**
 * A page's stand-in for the few things of Deno that tests of goldens use: it registers tests, and reads files
 * of this repository from the server that serves the page.
 *
 * @module
 */

import { runBundled, test } from "../bundled/bundled_tests.ts";
import { type CheckedCalls, report } from "../bundled/report.ts";

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
    test,
    errors: { NotFound },
    env: { get: (name: string) => new URLSearchParams(location.search).get(name) ?? undefined },
    readTextFileSync,
    readTextFile: (url: URL) => Promise.resolve(readTextFileSync(url)),
    readDirSync: (url: URL) => JSON.parse(readTextFileSync(url)),
    readFile: async (url: URL) => new Uint8Array(await (await fetch(url)).arrayBuffer()),
  },
});

/** Runs the tests, and reports each to the server. */
export async function startTests(checked: ReadonlyMap<string, CheckedCalls>): Promise<void> {
  await runBundled(checked, report);
}
