/** A thread of its own, in which a module runs. */
export interface Thread {
  /** Ends it; resolves when it has ended. */
  end(): Promise<unknown>;
}

/** The start of a thread. */
export interface ThreadStart {
  /** The module that it runs. */
  module: URL;
  /** Whatever its `threadData` then gives, as structured data. */
  data: unknown;
  /** Ports among the data that become the thread's. */
  ports: MessagePort[];
  /** Called once it has ended by itself, or failed, with the reason. */
  onEnd: (why: string) => void;
}

/** The kind and the size of what lies at a path. */
export interface PathFacts {
  isFile: boolean;
  isDirectory: boolean;
  /** In bytes. */
  size: number;
}

/**
 * All that the engine asks of the place where it runs, beyond what Deno, Node and browsers have in common.
 * Each place has a file that gives it; {@linkcode runtime} of `here.ts` is the one that was built for.
 */
export interface Runtime {
  /** The place's name, for people. */
  readonly name: "Deno" | "Node" | "a browser";
  /** Its release, for people. */
  readonly version: string;
  /** True where `mapAsync` of a GPU's buffer returns only when all that was submitted is done. */
  readonly mapBlocks: boolean;
  /** True where a long computation keeps people waiting: a page does not answer meanwhile. */
  readonly mustAnswer: boolean;
  /** True where memory that nobody touches costs nothing: a page has little, and Windows charges it. */
  readonly reservesFreely: boolean;
  /** The sentence's end that says how to get WebGPU: "use a release that has it". */
  readonly gpuAdvice: string;
  /** Returns the place's WebGPU; undefined where it has none. */
  gpu(): Promise<GPU | undefined>;
  /** Gives all that waits a turn: resolves once events that have come were handled. */
  turn(): Promise<void>;
  /** Reads a file whole. */
  readFile(path: string | URL): Promise<Uint8Array>;
  /** Reads a file's first bytes, `length` or all that there are. */
  readStart(path: string | URL, length: number): Promise<Uint8Array>;
  /** Returns the facts of a path. */
  stat(path: string | URL): Promise<PathFacts>;
  /** Says what reading a file of this package lacks; undefined where nothing. It never prompts. */
  packageFileMissing(url: URL): Promise<string | undefined>;
  /** Reads and compiles a WebAssembly file of a package. */
  wasmModule(url: URL): Promise<WebAssembly.Module>;
  /** Says what native libraries lack here; undefined where nothing. It never prompts. */
  nativeMissing(): Promise<string | undefined>;
  /**
   * Inflates a zlib stream by native code; bytes behind it are not looked at.
   * @returns undefined where there is no native code, and where the stream is not whole, or holds more than
   * `most` bytes.
   */
  inflated(packed: Uint8Array, most: number): Uint8Array | undefined;
  /**
   * Gives back to the system: this thread's garbage, and what native code freed and keeps, where there is a
   * way. It never prompts, and never throws.
   */
  giveMemoryBack(): Promise<void>;
  /** Says why no thread can run a module of this package; undefined where one can. It never prompts. */
  threadMissing(module: URL): Promise<string | undefined>;
  /** Starts a thread, which does not keep the process running. */
  startThread(start: ThreadStart): Thread;
  /** Returns the data that this thread was started with; undefined where this is no such thread. */
  threadData(): Promise<unknown> | undefined;
}
