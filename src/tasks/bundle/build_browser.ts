/**
 * `deno task build:browser [FOLDER]`: writes the modules of a page to `out/browser/`, or to a folder, with
 * the files that they fetch. It prints what a page fetches of each module: the module with what it imports at
 * once, and all until there is a tensor of a JPEG. It fails where a module is larger than it may be.
 *
 * @module
 */

import { BROWSER_ENTRIES, BROWSER_OUT } from "./browser_entries.ts";
import { browserSizes } from "./browser_sizes.ts";
import { bundle } from "./bundle.ts";

const [out = BROWSER_OUT] = Deno.args;
const metafile = await bundle({ entries: BROWSER_ENTRIES, runtime: "browser", out });
const { text, tooLarge } = await browserSizes(metafile, out);
console.log(`${out}\n\n${text}`);
for (const line of tooLarge) console.error(line);
Deno.exit(tooLarge.length > 0 ? 1 : 0);
