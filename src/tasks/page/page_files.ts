import { join } from "node:path";
import { pageHtml } from "../../browser/page/page_html.ts";
import { PAGE_LOOK } from "../../browser/page/page_look.ts";
import { bundle } from "../bundle/bundle.ts";

/** The modules of the page, and of the threads that it starts. */
const ENTRIES = {
  page: "src/browser/page/page.ts",
  page_worker: "src/browser/page/work/page_worker.ts",
  lane_worker: "src/engine/lanes/lane_worker.ts",
  decode_worker: "src/codecs/aside/decode_worker.ts",
};

/** The types of the page's files, by their endings. */
const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript",
  wasm: "application/wasm",
};

/** A file as it is served. */
export interface PageFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

/**
 * Makes the page, and returns its files by the paths that they are served under; `/` is the page itself.
 * @param out the folder that its modules are written to
 */
export async function pageFiles(out: string): Promise<Map<string, PageFile>> {
  await bundle({ entries: ENTRIES, runtime: "browser", out });
  const files = new Map<string, PageFile>();
  const add = (path: string, ending: string, bytes: Uint8Array<ArrayBuffer>) => {
    files.set(path, { bytes, type: TYPES[ending] });
  };
  for await (const { name } of Deno.readDir(out)) {
    add(`/${name}`, name.slice(name.lastIndexOf(".") + 1), await Deno.readFile(join(out, name)));
  }
  const encoder = new TextEncoder();
  add("/", "html", encoder.encode(pageHtml()));
  add("/page.css", "css", encoder.encode(PAGE_LOOK));
  return files;
}
