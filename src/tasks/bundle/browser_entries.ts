import { fileURLToPath } from "node:url";

/** The folder that a page's modules are written to, which git ignores. */
export const BROWSER_OUT: string = fileURLToPath(new URL("../../../out/browser/", import.meta.url));

/** A page's modules: three to import, by what is needed, and the threads' own. */
export const BROWSER_ENTRIES: Record<string, string> = {
  engine: "src/browser/engine_entry.ts",
  recipes: "src/browser/recipes_entry.ts",
  vitrail: "src/browser/vitrail_entry.ts",
  lane_worker: "src/engine/lanes/lane_worker.ts",
  decode_worker: "src/codecs/aside/decode_worker.ts",
};
