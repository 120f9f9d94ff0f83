import type { Metafile } from "npm:esbuild@0.28.2";
import { relative } from "node:path";
import { tableText } from "../../cli/output/table.ts";
import type { Alcove } from "../../recipes/families/family.ts";
import { BROWSER_ENTRIES } from "./browser_entries.ts";
import { ROOT } from "./bundle.ts";
import { type BundleSize, bundleSize } from "./bundle_size.ts";

/** The modules that a page imports, and the most that each may weigh with what it imports at once, bytes. */
const LIMITS: Readonly<Record<string, Omit<BundleSize, "files">>> = {
  engine: { bytes: 150_000, gzipped: 65_000 },
  recipes: { bytes: 200_000, gzipped: 75_000 },
  vitrail: { bytes: 440_000, gzipped: 170_000 },
};

/** The folder of families' code, and the alcoves there whose modules a config fetches. */
const FAMILIES = "src/recipes/families/";
const ALCOVES: Readonly<Record<Alcove, string>> = {
  squares: "squares/square_recipes.ts",
  patches: "patches/patch_recipes.ts",
  tiles: "tiles/tile_recipes.ts",
  documents: "documents/document_recipes.ts",
  clips: "clips/clip_recipes.ts",
};

/** The sources that a page fetches besides until it has a tensor of a JPEG, by executor. */
const FIRST_TENSOR = {
  WebGPU: ["src/engine/executors/on_gpu.ts", "src/codecs/aside/decode_worker.ts"],
  SIMD: ["src/engine/executors/on_simd.ts", "src/engine/lanes/lane_worker.ts", "src/codecs/decode.ts"],
};

/** The source that reads its header. */
const HEADER = "src/codecs/headers/header.ts";

/** The library that decodes a JPEG, and its WebAssembly. */
const JPEG = "/@jsquash/jpeg/decode.js", JPEG_WASM = "mozjpeg_dec.wasm";

/** The sizes of a page's modules. */
export interface BrowserSizes {
  /** A table for people. */
  readonly text: string;
  /** A line for each module that is larger than it may be. */
  readonly tooLarge: readonly string[];
}

/**
 * Returns the sizes of a page's modules: each alone, and all that a page has fetched by its first tensor.
 * @param out the folder that they were written to
 */
export async function browserSizes(metafile: Metafile, out: string): Promise<BrowserSizes> {
  const wasm = [relative(ROOT, out) + `/${JPEG_WASM}`], tooLarge: string[] = [], rows: string[][] = [];
  for (const [name, limit] of Object.entries(LIMITS)) {
    const entry = BROWSER_ENTRIES[name], alone = await bundleSize(metafile, [entry], ROOT);
    if (alone.bytes > limit.bytes || alone.gzipped > limit.gzipped) {
      tooLarge.push(`${name}.js has ${sizeText(alone)} kB, and may have ${sizeText(limit)}`);
    }
    const first = await Promise.all(
      Object.values(FIRST_TENSOR).map(async (sources) => {
        const size = await bundleSize(metafile, [entry, ...sources, HEADER, JPEG], ROOT, wasm);
        return `${sizeText(size)} in ${size.files} files`;
      }),
    );
    rows.push([`${name}.js`, sizeText(alone), ...first]);
  }
  const heads = Object.keys(FIRST_TENSOR).map((executor) => `to a JPEG's tensor, ${executor}`);
  const own = await bundleSize(metafile, [BROWSER_ENTRIES.recipes], ROOT);
  const configs = await Promise.all(
    Object.entries(ALCOVES).map(async ([alcove, source]) => {
      const both = await bundleSize(metafile, [BROWSER_ENTRIES.recipes, FAMILIES + source], ROOT);
      const more = { bytes: both.bytes - own.bytes, gzipped: both.gzipped - own.gzipped };
      return [alcove, sizeText(more)];
    }),
  );
  const text = tableText(["kB (gzipped)", "module", ...heads], rows);
  return {
    text: `${text}\n\n${tableText(["a config's families", "more for recipes.js"], configs)}`,
    tooLarge,
  };
}

function sizeText({ bytes, gzipped }: Omit<BundleSize, "files">): string {
  return `${(bytes / 1000).toFixed(1)} (${(gzipped / 1000).toFixed(1)})`;
}
