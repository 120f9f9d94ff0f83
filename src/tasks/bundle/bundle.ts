import { build, type Metafile, stop } from "npm:esbuild@0.28.2";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packagesFolder } from "./packages.ts";
import { type BundleRuntime, vitrailPlugin } from "./vitrail_plugin.ts";

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

/** The weight of one module with all that it imports at once. */
export interface BundleSize {
  name: string;
  bytes: number;
  /** Bytes once it is gzipped, each file by itself. */
  gzipped: number;
}

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * Bundles modules of this repository by esbuild, with all that they import; what several of them import is
 * written once.
 * @returns the size of each entry
 */
export async function bundle({ entries, runtime, out, minify = true }: BundleOptions): Promise<BundleSize[]> {
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
      minify,
      metafile: true,
      plugins: [vitrailPlugin(runtime, packages, out)],
      logLevel: "warning",
      logOverride: { "ignored-bare-import": "silent" }, // see the plugin
    });
    return await Promise.all(Object.keys(entries).map((name) => sizeOf(name, metafile, out)));
  } finally {
    await stop();
  }
}

/** Returns the size of an entry. */
async function sizeOf(name: string, { outputs }: Metafile, out: string): Promise<BundleSize> {
  const entry = Object.keys(outputs).find((path) => join(ROOT, path) === join(out, `${name}.js`))!;
  const files = new Set([entry]);
  for (const file of files) {
    for (const { path, kind } of outputs[file].imports) if (kind === "import-statement") files.add(path);
  }
  const size = { name, bytes: 0, gzipped: 0 };
  for (const file of files) {
    if (!(file in outputs)) continue; // a package that is not in the bundle
    const bytes = await Deno.readFile(join(ROOT, file));
    size.bytes += bytes.length;
    size.gzipped += await gzippedLength(bytes);
  }
  return size;
}

async function gzippedLength(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const zipped = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(zipped).arrayBuffer()).byteLength;
}
