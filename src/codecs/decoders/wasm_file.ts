/** A function that reads and compiles the WebAssembly module at `url` when first called, and once. */
export function compiledOnce(url: string): () => Promise<WebAssembly.Module> {
  let module: Promise<WebAssembly.Module> | undefined;
  return () => module ??= Deno.readFile(new URL(url)).then((bytes) => WebAssembly.compile(bytes));
}
