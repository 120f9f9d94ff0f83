/**
 * `deno task build:node [FOLDER]`: writes a package for Node 24 and later to `out/node/`, or to a folder:
 * what `mod.ts` exports, its types, the command line, and the files that they read. `npm pack` makes an
 * archive of it.
 *
 * @module
 */

import { join } from "node:path";
import { bundle, ROOT } from "./bundle.ts";
import { writeDeclarations } from "./declarations.ts";
import { BESIDE } from "./vitrail_plugin.ts";

/** The package's modules: the one to import, the command line, and the threads' own. */
const ENTRIES = {
  vitrail: "mod.ts",
  cli: "src/cli/main.ts",
  lane_worker: "src/engine/lanes/lane_worker.ts",
  decode_worker: "src/codecs/aside/decode_worker.ts",
};

const [out = join(ROOT, "out/node/")] = Deno.args;
const { name, version, license, imports } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
await bundle({ entries: ENTRIES, runtime: "node", out, minify: false });
await writeDeclarations(join(out, "types/"));
const cli = join(out, "cli.js");
await Deno.writeTextFile(cli, `#!/usr/bin/env node\n${await Deno.readTextFile(cli)}`);
const beside = Object.entries<string>(imports).filter(([name]) => BESIDE.test(name))
  .map(([name, specifier]) => [name, specifier.split("@").at(-1)!] as const);
const { sharp, ...dependencies } = Object.fromEntries(beside);
const description = {
  name,
  version,
  license,
  type: "module",
  exports: { ".": { types: "./types/mod.d.ts", default: "./vitrail.js" } },
  bin: { vitrail: "./cli.js" },
  engines: { node: ">=24.2" },
  dependencies,
  // Without webgpu the CPU computes, and without sharp WebAssembly decodes.
  peerDependencies: { sharp, webgpu: ">=0.4.0" },
  peerDependenciesMeta: { sharp: { optional: true }, webgpu: { optional: true } },
};
await Deno.writeTextFile(join(out, "package.json"), `${JSON.stringify(description, null, 2)}\n`);
for (const file of ["README.md", "LICENSE"]) await Deno.copyFile(join(ROOT, file), join(out, file));
console.log(`${out}: ${name} ${version}`);
