import type { OnLoadResult, Plugin, PluginBuild } from "npm:esbuild@0.28.2";
import { basename, join } from "node:path";

/** The runtimes that bundles are made for. */
export type BundleRuntime = "browser" | "node";

/** The text of `src/runtime/here.ts` in each bundle. */
const HERE: Record<BundleRuntime, string> = {
  browser: `export { BROWSER as runtime } from "./browser_runtime.ts";`,
  node: `export { NODE as runtime } from "./node_runtime.ts";`,
};

/** An `npm:` specifier: the package's name, and the path in it. */
const SPECIFIER = /^npm:((?:@[^/]+\/)?[^@/]+)@[^/]+(.*)$/;

/** A WebAssembly file of a package, as decoders name it. */
const WASM = /import\.meta\.resolve\("(npm:[^"]+\.wasm)"\)/g;

/** A module beside the one that names it, for a thread. */
const THREAD_MODULE = /new URL\("\.\/(\w+)\.ts", import\.meta\.url\)/g;

/**
 * Returns the plugin by which esbuild reads Vitrail's sources as Deno does, for another runtime:
 *
 * - `npm:` names a package under `node_modules` of `packages`;
 * - `here.ts` names the bundle's runtime;
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
        if (name === "sharp") return nativePackage(runtime, name);
        const found = await build.resolve(name + inside, { kind, resolveDir: packages });
        return { ...found, sideEffects: false }; // an import of a name alone is there for Deno's resolver
      });
      build.onLoad({ filter: /./, namespace: "none" }, () => ({ contents: "export default undefined;" }));
      build.onLoad({ filter: /\/shaders\/.*\.wgsl$/ }, ({ path }) => shaderText(path));
      build.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
        if (path.endsWith("/src/runtime/here.ts")) {
          return { contents: HERE[runtime], loader: "ts", resolveDir: join(path, "..") };
        }
        const text = (await Deno.readTextFile(path)).replaceAll(THREAD_MODULE, urlOf("$1.js"));
        for (const [, specifier] of text.matchAll(WASM)) await copyWasm(build, specifier, packages, out);
        const contents = text.replaceAll(WASM, (_, file) => `${urlOf(basename(file))}.href`);
        return { contents, loader: "ts" };
      });
    },
  };
}

/** Returns what a package with native code is: nothing in a page; elsewhere the one that is installed. */
function nativePackage(runtime: BundleRuntime, name: string) {
  return runtime === "browser" ? { path: name, namespace: "none" } : { path: name, external: true };
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
