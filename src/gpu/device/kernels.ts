import cells from "../../../shaders/cells.wgsl" with { type: "text" };
import copy from "../../../shaders/copy.wgsl" with { type: "text" };
import fill from "../../../shaders/fill.wgsl" with { type: "text" };
import fusing from "../../../shaders/fusing.wgsl" with { type: "text" };
import horizontal from "../../../shaders/horizontal.wgsl" with { type: "text" };
import pack from "../../../shaders/pack.wgsl" with { type: "text" };
import rearrange from "../../../shaders/rearrange.wgsl" with { type: "text" };
import splice from "../../../shaders/splice.wgsl" with { type: "text" };
import store from "../../../shaders/store.wgsl" with { type: "text" };
import vertical from "../../../shaders/vertical.wgsl" with { type: "text" };
import weighAcross from "../../../shaders/weigh_across.wgsl" with { type: "text" };
import weighDown from "../../../shaders/weigh_down.wgsl" with { type: "text" };
import { VitrailError } from "../../errors.ts";

/** The code of each WGSL file. */
const FILES = {
  cells,
  copy,
  fill,
  fusing,
  horizontal,
  pack,
  rearrange,
  splice,
  store,
  vertical,
  weigh_across: weighAcross,
  weigh_down: weighDown,
};

/** Invocations of a workgroup, as every shader has it. */
export const INVOCATIONS = 64;

type FileName = keyof typeof FILES;

/** The name of a kernel: of its file, whose entry point is `main`, or the second kernel of a file. */
export type KernelName = FileName | "spliceWords";

/** A kernel, and the fields of its uniform struct, or of a job, in WGSL's order: each is a `u32`. */
export interface Kernel<Field extends string = string> {
  readonly name: KernelName;
  readonly fields: readonly Field[];
}

/** Returns the bytes of a kernel's uniform struct. Values are whole numbers modulo 2³². */
export function uniformOf<Field extends string>(
  { fields }: Kernel<Field>,
  values: Record<Field, number>,
): ArrayBuffer {
  const words = new Uint32Array(Math.ceil(fields.length / 4) * 4);
  words.set(fields.map((field) => values[field]));
  return words.buffer;
}

/** The pipelines of one device. Each kernel is compiled once for each set of constants. */
export class Kernels {
  readonly #modules = new Map<FileName, GPUShaderModule>();
  readonly #pipelines = new Map<string, GPUComputePipeline>();

  /** Creates a cache of pipelines for `device`, which is empty. */
  constructor(readonly device: GPUDevice) {}

  /** Returns the pipeline of a kernel with these `override` constants. */
  pipeline(name: KernelName, constants: Record<string, number> = {}): GPUComputePipeline {
    const key = `${name} ${JSON.stringify(constants)}`;
    let pipeline = this.#pipelines.get(key);
    if (!pipeline) {
      const [file, entryPoint] = name === "spliceWords"
        ? ["splice", "words"] as const
        : [name, "main"] as const;
      const compute = { module: this.#module(file), entryPoint, constants };
      pipeline = this.device.createComputePipeline({ label: key, layout: "auto", compute });
      this.#pipelines.set(key, pipeline);
    }
    return pipeline;
  }

  /** Forgets all pipelines, of which one may be invalid. */
  clear(): void {
    this.#modules.clear();
    this.#pipelines.clear();
  }

  #module(file: FileName): GPUShaderModule {
    let module = this.#modules.get(file);
    if (!module) {
      module = this.device.createShaderModule({ label: file, code: FILES[file] });
      this.#modules.set(file, module);
    }
    return module;
  }

  /**
   * Compiles every file, and waits for the compiler's messages.
   * @throws {VitrailError} `device` with file, line, column and the source line of each compile error.
   */
  async check(): Promise<void> {
    for (const file of Object.keys(FILES) as FileName[]) {
      const { messages } = await this.#module(file).getCompilationInfo();
      const errors = messages.filter((message) => message.type === "error");
      if (errors.length === 0) continue;
      const lines = FILES[file].split("\n");
      const text = errors.map(({ lineNum, linePos, message }) => {
        return `shaders/${file}.wgsl:${lineNum}:${linePos}: ${message}\n  ${lines[lineNum - 1] ?? ""}`;
      });
      throw new VitrailError("device", `a kernel does not compile:\n${text.join("\n")}`);
    }
  }
}
