// import.meta.resolve finds a package's files only where one of them is imported.
import "npm:imagescript@1.3.1/png/node.js";
import { loaded } from "../../runtime/loaded.ts";
import { WasmFile } from "./wasm_file.ts";

// imagescript's own modules want a native library (--allow-ffi) and --allow-env, so its WebAssembly files are
// started here. Each is named by a literal: a publisher puts an npm: specifier in the place of a bare name
// that it can read, and of no other.

/** imagescript's PNG decoder. */
export const PNG_WASM = new WasmFile(import.meta.resolve("npm:imagescript@1.3.1/wasm/any/png.wasm"));

/** The exports that imagescript's decoders have in common; pointers are byte offsets into their memory. */
export interface ImagescriptExports {
  memory: WebAssembly.Memory;
  /** Allocates `size` bytes and returns a pointer to them. */
  walloc(size: number): number;
}

/** The functions that imagescript's decoders import. No picture needs them to do anything. */
const IMPORTS = { env: { emscripten_notify_memory_growth() {}, push_to_stream() {} } };

/**
 * Starts a decoder of imagescript on the bytes of a picture.
 *
 * Each picture has an instance of its own: an instance's memory only grows, and a trap leaves it unusable.
 *
 * @returns the instance's exports, and a pointer to the bytes in its memory.
 * @throws {VitrailError} `io` where its file cannot be loaded.
 */
export async function startImagescript<Exports extends ImagescriptExports>(
  file: WasmFile,
  bytes: Uint8Array,
): Promise<{ wasm: Exports; input: number }> {
  const { exports } = new WebAssembly.Instance(await loaded("the PNG decoder", () => file.module()), IMPORTS);
  const wasm = exports as unknown as Exports;
  const input = wasm.walloc(bytes.length);
  new Uint8Array(wasm.memory.buffer, input, bytes.length).set(bytes);
  return { wasm, input };
}
