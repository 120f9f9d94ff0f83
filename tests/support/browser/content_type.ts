/** The types of files that a page is served, by their endings. */
const TYPES: Record<string, string> = {
  js: "text/javascript",
  mjs: "text/javascript",
  json: "application/json",
  wasm: "application/wasm",
  png: "image/png",
  jpg: "image/jpeg",
};

/** Returns the type of a file, by its name. */
export function contentType({ pathname }: URL): string {
  return TYPES[pathname.slice(pathname.lastIndexOf(".") + 1)] ?? "application/octet-stream";
}
