import { build, type Metafile, stop } from "npm:esbuild@0.28.2";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packagesFolder } from "./packages.ts";
import { BANNERS, type BundleRuntime, vitrailPlugin } from "./vitrail_plugin.ts";

/** A bundle to be made. */
export interface BundleOptions {
  /** The modules that it is made of: by name of the file that comes out, the source's path from the root. */
  entries: Record<string, string>;
  runtime: BundleRuntime;
  /** The folder that it is written to, which is emptied first. */
  out: string;
  /** True (default) for short names and no spaces. */
  minify?: boolean;
}

/** The repository's folder. */
export const ROOT: string = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * Bundles modules of this repository by esbuild, with all that they import; what several of them import is
 * written once.
 * @returns esbuild's account of it, whose paths are from the root
 */
export async function bundle({ entries, runtime, out, minify = true }: BundleOptions): Promise<Metafile> {
  await Deno.remove(out, { recursive: true }).catch(() => {});
  const packages = await packagesFolder();
  try {
    const { metafile } = await build({
      absWorkingDir: ROOT,
      entryPoints: Object.fromEntries(
        Object.entries(entries).map(([name, path]) => [name, join(ROOT, path)]),
      ),
      outdir: out,
      bundle: true,
      splitting: true,
      format: "esm",
      target: "esnext",
      platform: runtime,
      mainFields: ["browser", "module", "main"].slice(runtime === "node" ? 1 : 0),
      banner: { js: BANNERS[runtime] },
      minify,
      metafile: true,
      plugins: [vitrailPlugin(runtime, packages, out)],
      logLevel: "warning",
      logOverride: { "ignored-bare-import": "silent" }, // see the plugin
    });
    return metafile;
  } finally {
    await stop();
  }
}
