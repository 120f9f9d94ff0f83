import type { OnLoadResult, Plugin, PluginBuild } from "npm:esbuild@0.28.2";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { VERSION } from "../../report/version.ts";

/** The runtimes that bundles are made for. */
export type BundleRuntime = "browser" | "node";

/** The text of `src/runtime/here.ts` in each bundle. */
const HERE: Record<BundleRuntime, string> = {
  browser: `export { BROWSER as runtime } from "./browser_runtime.ts";`,
  node: `export { NODE as runtime } from "./node_runtime.ts";`,
};

/** An `npm:` specifier: the package's name, and the path in it. */
const SPECIFIER = /^npm:((?:@[^/]+\/)?[^@/]+)@[^/]+(.*)$/;

/**
 * Packages that a bundle for Node leaves to `node_modules`: native ones, and those that are found by files of
 * theirs.
 */
export const BESIDE = /^(?:sharp|canvaskit-wasm|@fontsource-variable\/.*)$/;

/** The file of a package that is asked for by its place. */
const PLACE = /import\.meta\.resolve\("npm:((?:@[^/]+\/)?[^@/]+)@[^/"]+/g;

/** The first line of each module: in Node's, packages may require what is Node's own. */
export const BANNERS: Record<BundleRuntime, string> = {
  browser: "",
  node: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`,
};

/** A use of Deno's namespace. */
const DENO = /\bDeno\.\w/;

/** Node's stand-in for that. */
const STAND_IN = fileURLToPath(new URL("../../runtime/node_deno.ts", import.meta.url));

/** The import by which it takes the place of the global, in front of a source's first line. */
const NODE_DENO = `import { NODE_DENO as Deno } from ${JSON.stringify(STAND_IN)};`;

/** A WebAssembly file of a package, as decoders name it. */
const WASM = /import\.meta\.resolve\("(npm:[^"]+\.wasm)"\)/g;

/** A module beside the one that names it, for a thread. */
const THREAD_MODULE = /new URL\("\.\/(\w+)\.ts", import\.meta\.url\)/g;

/**
 * Returns the plugin by which esbuild reads Vitrail's sources as Deno does, for another runtime:
 *
 * - `npm:` names a package under `node_modules` of `packages`;
 * - `here.ts` names the bundle's runtime, and in Node `node_deno.ts` stands for Deno's namespace;
 * - `version.ts` holds the version alone, not all of deno.json;
 * - a shader is its text, without comments and indentation; lines keep their numbers;
 * - a WebAssembly file lies beside the bundle, and so does a thread's module. A page fetches what its
 *   pictures need; inside, decoders would weigh more than all the rest.
 *
 * @param out the bundle's folder
 */
export function vitrailPlugin(runtime: BundleRuntime, packages: string, out: string): Plugin {
  return {
    name: "vitrail",
    setup(build) {
      build.onResolve({ filter: /^npm:/ }, async ({ path, kind }) => {
        const [, name, inside] = SPECIFIER.exec(path)!;
        if (name === "sharp" && runtime === "browser") return { path: name, namespace: "none" };
        if (runtime === "node" && BESIDE.test(name)) return { path: name + inside, external: true };
        const found = await build.resolve(name + inside, { kind, resolveDir: packages });
        return { ...found, sideEffects: false }; // an import of a name alone is there for Deno's resolver
      });
      build.onLoad({ filter: /./, namespace: "none" }, () => ({ contents: "export default undefined;" }));
      build.onLoad({ filter: /\/shaders\/.*\.wgsl$/ }, ({ path }) => shaderText(path));
      build.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
        if (path.endsWith("/src/runtime/here.ts")) {
          return { contents: HERE[runtime], loader: "ts", resolveDir: join(path, "..") };
        }
        if (path.endsWith("/src/report/version.ts")) {
          return { contents: `export const VERSION = ${JSON.stringify(VERSION)};`, loader: "ts" };
        }
        const source = (await Deno.readTextFile(path)).replaceAll(THREAD_MODULE, urlOf("$1.js"));
        const text = runtime === "node" ? forNode(source, path) : source;
        for (const [, specifier] of text.matchAll(WASM)) await copyWasm(build, specifier, packages, out);
        const contents = text.replaceAll(WASM, (_, file) => `${urlOf(basename(file))}.href`);
        return { contents, loader: "ts" };
      });
    },
  };
}

/** Returns a source as Node takes it: with its Deno, and its packages by their names alone. */
function forNode(source: string, path: string): string {
  const text = source.replaceAll(
    PLACE,
    (whole, name) => BESIDE.test(name) ? `import.meta.resolve("${name}` : whole,
  );
  return DENO.test(text) && !path.includes("/src/runtime/") ? NODE_DENO + text : text;
}

/** Returns an expression for the URL of a file beside the bundle. */
function urlOf(file: string): string {
  return `new URL("./${file}", import.meta.url)`;
}

async function shaderText(path: string): Promise<OnLoadResult> {
  const text = await Deno.readTextFile(path);
  return { contents: text.replaceAll(/[ \t]*\/\/.*$/gm, "").replaceAll(/^[ \t]+/gm, ""), loader: "text" };
}

async function copyWasm(build: PluginBuild, specifier: string, packages: string, out: string): Promise<void> {
  const [, name, inside] = SPECIFIER.exec(specifier)!;
  const { path } = await build.resolve(name + inside, { kind: "import-statement", resolveDir: packages });
  await Deno.mkdir(out, { recursive: true });
  await Deno.copyFile(path, join(out, basename(path)));
}
