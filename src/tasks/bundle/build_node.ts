/**
 * `deno task build:node [FOLDER]`: writes a package for Node 24 and later to `out/node/`, or to a folder: the
 * modules, and the files that they read. `npm pack` makes an archive of it.
 *
 * @module
 */

import { join } from "node:path";
import { bundle, ROOT } from "./bundle.ts";

/** The package's modules: the one to import, and the threads' own. */
const ENTRIES = {
  vitrail: "src/browser/vitrail_entry.ts",
  lane_worker: "src/engine/lanes/lane_worker.ts",
  decode_worker: "src/codecs/aside/decode_worker.ts",
};

const [out = join(ROOT, "out/node/")] = Deno.args;
const { name, version, license, imports } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
await bundle({ entries: ENTRIES, runtime: "node", out, minify: false });
const description = {
  name,
  version,
  license,
  type: "module",
  exports: "./vitrail.js",
  engines: { node: ">=24" },
  // Without webgpu the CPU computes, and without sharp WebAssembly decodes.
  peerDependencies: { sharp: imports.sharp.split("@").at(-1), webgpu: ">=0.4.0" },
  peerDependenciesMeta: { sharp: { optional: true }, webgpu: { optional: true } },
};
await Deno.writeTextFile(join(out, "package.json"), `${JSON.stringify(description, null, 2)}\n`);
for (const file of ["README.md", "LICENSE"]) await Deno.copyFile(join(ROOT, file), join(out, file));
console.log(`${out}: ${name} ${version}`);
