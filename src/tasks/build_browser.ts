/**
 * `deno task build:browser [FOLDER]`: writes the modules of a page to `out/browser/`, or to a folder, with
 * the files that they fetch. It prints what a page fetches of each module: the module alone, and with the
 * executor that it opens, which comes when it is opened.
 *
 * @module
 */

import { BROWSER_ENTRIES, BROWSER_OUT } from "./bundle/browser_entries.ts";
import { bundle, ROOT } from "./bundle/bundle.ts";
import { bundleSize } from "./bundle/bundle_size.ts";

const EXECUTORS = { "with WebGPU": "on_gpu", "with SIMD": "on_simd" };

const [out = BROWSER_OUT] = Deno.args;
const metafile = await bundle({ entries: BROWSER_ENTRIES, runtime: "browser", out });
console.log(`${out}: kB minified (gzipped)`);
for (const name of ["engine", "recipes", "vitrail"]) {
  const source = BROWSER_ENTRIES[name], line = [`${name}.js`.padEnd(12), await sizeText([source])];
  for (const [what, file] of Object.entries(EXECUTORS)) {
    line.push(`${what} ${await sizeText([source, `src/engine/executors/${file}.ts`])}`);
  }
  console.log(`  ${line.join("  ")}`);
}

async function sizeText(sources: string[]): Promise<string> {
  const { bytes, gzipped } = await bundleSize(metafile, sources, ROOT);
  return `${(bytes / 1000).toFixed(1).padStart(6)} (${(gzipped / 1000).toFixed(1).padStart(5)})`;
}
