import copy from "../../shaders/copy.wgsl" with { type: "text" };
import global from "../../shaders/global.wgsl" with { type: "text" };
import horizontal from "../../shaders/horizontal.wgsl" with { type: "text" };
import pack from "../../shaders/pack.wgsl" with { type: "text" };
import rearrange from "../../shaders/rearrange.wgsl" with { type: "text" };
import splice from "../../shaders/splice.wgsl" with { type: "text" };
import vertical from "../../shaders/vertical.wgsl" with { type: "text" };
import { VitrailError } from "../errors.ts";
import type { Timer } from "./timing.ts";

/** The kernel table: a name, and the WGSL file that is its code; `file:entry` is an entry point other than `main`. */
const KERNELS = {
  horizontal,
  vertical,
  global,
  pack,
  rearrange,
  splice,
  "splice:words": splice,
  copy,
};

/** A kernel's name. */
export type KernelName = keyof typeof KERNELS;

/** Every kernel's name. */
export const KERNEL_NAMES = Object.keys(KERNELS) as KernelName[];

/** The pipelines of one device, each compiled once a set of constants. */
export class Kernels {
  readonly #modules = new Map<string, GPUShaderModule>();
  readonly #pipelines = new Map<string, GPUComputePipeline>();
  /** Times every dispatch where it is set. */
  timer?: Timer;

  /** Pipelines for `device`. */
  constructor(readonly device: GPUDevice) {}

  /** The pipeline of a kernel with these `override` constants. */
  pipeline(name: KernelName, constants: Record<string, number> = {}): GPUComputePipeline {
    const key = `${name} ${JSON.stringify(constants)}`;
    let pipeline = this.#pipelines.get(key);
    if (!pipeline) {
      const entryPoint = name.split(":")[1] ?? "main";
      const compute = { module: this.#module(name), entryPoint, constants };
      pipeline = this.device.createComputePipeline({ label: key, layout: "auto", compute });
      this.#pipelines.set(key, pipeline);
    }
    return pipeline;
  }

  #module(name: KernelName): GPUShaderModule {
    const file = fileOf(name);
    let module = this.#modules.get(file);
    if (!module) {
      module = this.device.createShaderModule({ label: file, code: KERNELS[name] });
      this.#modules.set(file, module);
    }
    return module;
  }

  /**
   * Compiles every kernel and waits for what the compiler says.
   * @throws {VitrailError} `device` with file, line, column and the source line of each compile error.
   */
  async check(): Promise<void> {
    for (const name of KERNEL_NAMES) {
      const { messages } = await this.#module(name).getCompilationInfo();
      const errors = messages.filter((message) => message.type === "error");
      if (errors.length === 0) continue;
      const lines = KERNELS[name].split("\n");
      const text = errors.map((e) =>
        `shaders/${fileOf(name)}:${e.lineNum}:${e.linePos}: ${e.message}\n  ${lines[e.lineNum - 1] ?? ""}`
      );
      throw new VitrailError("device", `a kernel does not compile:\n${text.join("\n")}`);
    }
  }
}

function fileOf(name: KernelName): string {
  return `${name.split(":")[0]}.wgsl`;
}
