import type { Metafile } from "npm:esbuild@0.28.2";
import { join } from "node:path";

/** Bytes of modules. */
export interface BundleSize {
  bytes: number;
  /** Once they are gzipped, each file by itself. */
  gzipped: number;
}

/**
 * Returns the size of what is fetched where some sources of a bundle are imported: their modules, and those
 * that these import at once.
 * @param sources their paths from the root, of entries and of what is imported when it is needed
 * @param root the folder that the bundle's paths are from
 */
export async function bundleSize(
  { outputs }: Metafile,
  sources: readonly string[],
  root: string,
): Promise<BundleSize> {
  const files = new Set(
    Object.keys(outputs).filter((path) => sources.includes(outputs[path].entryPoint ?? "")),
  );
  for (const file of files) {
    for (const { path, kind } of outputs[file].imports) {
      if (kind === "import-statement" && path in outputs) files.add(path);
    }
  }
  const size = { bytes: 0, gzipped: 0 };
  for (const file of files) {
    const bytes = await Deno.readFile(join(root, file));
    size.bytes += bytes.length;
    size.gzipped += await gzippedLength(bytes);
  }
  return size;
}

async function gzippedLength(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const zipped = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(zipped).arrayBuffer()).byteLength;
}
