import type { Metafile } from "npm:esbuild@0.28.2";
import { join } from "node:path";
import { VitrailError } from "../../errors.ts";

/** Bytes of files, and how many files there are. */
export interface BundleSize {
  bytes: number;
  /** Once they are gzipped, each file by itself. */
  gzipped: number;
  files: number;
}

/**
 * Returns the size of what is fetched where some sources of a bundle are imported: their modules, and those
 * that these import at once.
 * @param sources the ends of their paths: of entries, and of what is imported when it is needed
 * @param root the folder that the bundle's paths are from
 * @param beside other files that are fetched with them, by their paths from `root`
 * @throws {VitrailError} `usage` unless each source has one output.
 */
export async function bundleSize(
  { outputs }: Metafile,
  sources: readonly string[],
  root: string,
  beside: readonly string[] = [],
): Promise<BundleSize> {
  const files = new Set(beside);
  for (const source of sources) {
    const found = Object.keys(outputs).filter((path) => outputs[path].entryPoint?.endsWith(source));
    if (found.length !== 1) {
      throw new VitrailError("usage", `${found.length} outputs are of ${source}, not one`);
    }
    files.add(found[0]);
  }
  for (const file of files) {
    for (const { path, kind } of outputs[file]?.imports ?? []) {
      if (kind === "import-statement" && path in outputs) files.add(path);
    }
  }
  const size = { bytes: 0, gzipped: 0, files: files.size };
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
