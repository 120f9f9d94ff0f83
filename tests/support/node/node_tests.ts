/**
 * Node's stand-in for the few things of Deno that tests of goldens use. It registers tests, and prints a line
 * of JSON for each.
 *
 * @module
 */

import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import process from "node:process";
import { NODE_DENO } from "../../../src/runtime/node_deno.ts";
import { runBundled, test } from "../bundled/bundled_tests.ts";
import type { CheckedCalls } from "../bundled/report.ts";

Object.assign(globalThis, {
  Deno: {
    ...NODE_DENO,
    test,
    readTextFileSync: (url: URL) => readFileSync(url, "utf8"),
    readTextFile: (url: URL) => readFile(url, "utf8"),
    readDirSync: (url: URL) => readdirSync(url).map((name) => ({ name })),
    readFile,
  },
});

/** Runs the tests, prints each, and ends the process. */
export async function startTests(checked: ReadonlyMap<string, CheckedCalls>): Promise<void> {
  await runBundled(checked, (line) => console.log(JSON.stringify(line)));
  process.exit();
}
