import "imagescript/png/node.js"; // import.meta.resolve finds a package's files only where one is imported

/**
 * The location of one of imagescript's decoders.
 *
 * They are loaded from here, since imagescript itself wants a native library (`--allow-ffi`) and `--allow-env`.
 */
export function imagescriptWasm(decoder: "png" | "gif"): string {
  return import.meta.resolve(`imagescript/wasm/any/${decoder}.wasm`);
}
