/**
 * `deno task build:browser [FOLDER]`: writes the modules of a page to `out/browser/`, or to a folder, with
 * the files that they fetch, and prints what each weighs.
 *
 * @module
 */

import { BROWSER_ENTRIES, BROWSER_OUT } from "./bundle/browser_entries.ts";
import { bundle } from "./bundle/bundle.ts";

const [out = BROWSER_OUT] = Deno.args;
const sizes = await bundle({ entries: BROWSER_ENTRIES, runtime: "browser", out });
console.log(`${out}:`);
for (const { name, bytes, gzipped } of sizes) {
  const [kb, zipped] = [bytes, gzipped].map((count) => `${(count / 1000).toFixed(1)} kB`.padStart(9));
  console.log(`  ${`${name}.js`.padEnd(18)} ${kb} minified ${zipped} gzipped`);
}
