import { runtime } from "../../runtime/here.ts";

/** A WebAssembly file of an npm package: read and compiled when it is first needed, once it succeeds. */
export class WasmFile {
  readonly #url: URL;
  #module?: Promise<WebAssembly.Module>;

  /** Names the file at `url`, as `import.meta.resolve` gives it; it is not read yet. */
  constructor(url: string) {
    this.#url = new URL(url);
  }

  /** Says what reading the file lacks; undefined where nothing. It never prompts for a permission. */
  missing(): Promise<string | undefined> {
    return runtime.packageFileMissing(this.#url);
  }

  /** Returns the option by which a module of emscripten starts this file; by itself it would fetch it. */
  async emscriptenOption() {
    const module = await this.module();
    return {
      instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
        const instance = new WebAssembly.Instance(module, imports);
        done(instance);
        return instance.exports;
      },
    };
  }

  /** Returns the compiled file. Where that fails, the next call tries again. */
  module(): Promise<WebAssembly.Module> {
    return this.#module ??= runtime.wasmModule(this.#url).catch((error) => {
      this.#module = undefined;
      throw error;
    });
  }
}
