import copy from "../../../shaders/copy.wgsl" with { type: "text" };
import element from "../../../shaders/element.wgsl" with { type: "text" };
import global from "../../../shaders/global.wgsl" with { type: "text" };
import horizontal from "../../../shaders/horizontal.wgsl" with { type: "text" };
import pack from "../../../shaders/pack.wgsl" with { type: "text" };
import rearrange from "../../../shaders/rearrange.wgsl" with { type: "text" };
import vector1 from "../../../shaders/vector1.wgsl" with { type: "text" };
import vector2 from "../../../shaders/vector2.wgsl" with { type: "text" };
import vector4 from "../../../shaders/vector4.wgsl" with { type: "text" };
import splice from "../../../shaders/splice.wgsl" with { type: "text" };
import vertical from "../../../shaders/vertical.wgsl" with { type: "text" };
import { VitrailError } from "../../errors.ts";

/** WGSL files by name. */
const FILES = {
  copy,
  element,
  global,
  horizontal,
  pack,
  rearrange,
  splice,
  vector1,
  vector2,
  vector4,
  vertical,
};

type FileName = keyof typeof FILES;

/** The kernel table: a name, and the files that are its code. */
const KERNELS = {
  horizontal: ["horizontal"],
  verticalBy1: ["vertical", "vector1"],
  verticalBy2: ["vertical", "vector2"],
  verticalBy4: ["vertical", "vector4"],
  global: ["global", "element"],
  pack: ["pack", "element"],
  rearrangeBy1: ["rearrange", "vector1"],
  rearrangeBy2: ["rearrange", "vector2"],
  rearrangeBy4: ["rearrange", "vector4"],
  splice: ["splice"],
  spliceWords: ["splice"],
  copy: ["copy"],
} satisfies Record<string, FileName[]>;

/** Entry points other than `main`. */
const ENTRIES: Partial<Record<keyof typeof KERNELS, string>> = { spliceWords: "words" };

/** A kernel's name. */
export type KernelName = keyof typeof KERNELS;

const KERNEL_NAMES = Object.keys(KERNELS) as KernelName[];

/** The pipelines of one device, each compiled once a set of constants. */
export class Kernels {
  readonly #modules = new Map<string, GPUShaderModule>();
  readonly #pipelines = new Map<string, GPUComputePipeline>();
  /** Pipelines for `device`. */
  constructor(readonly device: GPUDevice) {}

  /** The pipeline of a kernel with these `override` constants. */
  pipeline(name: KernelName, constants: Record<string, number> = {}): GPUComputePipeline {
    const key = `${name} ${JSON.stringify(constants)}`;
    let pipeline = this.#pipelines.get(key);
    if (!pipeline) {
      const entryPoint = ENTRIES[name] ?? "main";
      const compute = { module: this.#module(name), entryPoint, constants };
      pipeline = this.device.createComputePipeline({ label: key, layout: "auto", compute });
      this.#pipelines.set(key, pipeline);
    }
    return pipeline;
  }

  #module(name: KernelName): GPUShaderModule {
    const label = KERNELS[name].join(" + ");
    let module = this.#modules.get(label);
    if (!module) {
      const code = KERNELS[name].map((file) => FILES[file]).join("");
      module = this.device.createShaderModule({ label, code });
      this.#modules.set(label, module);
    }
    return module;
  }

  /**
   * Compiles every kernel, one of those that differ in their vectors alone, and waits for what the compiler says.
   * @throws {VitrailError} `device` with file, line, column and the source line of each compile error.
   */
  async check(): Promise<void> {
    const checked = new Set<FileName>();
    for (const name of KERNEL_NAMES) {
      const [file] = KERNELS[name];
      if (checked.has(file)) continue;
      checked.add(file);
      const { messages } = await this.#module(name).getCompilationInfo();
      const errors = messages.filter((message) => message.type === "error");
      if (errors.length === 0) continue;
      const text = errors.map(({ lineNum, linePos, message }) => {
        const { file, number, line } = lineOf(name, lineNum);
        return `shaders/${file}.wgsl:${number}:${linePos}: ${message}\n  ${line}`;
      });
      throw new VitrailError("device", `a kernel does not compile:\n${text.join("\n")}`);
    }
  }
}

/** Where a line of a kernel's code stands. */
function lineOf(name: KernelName, number: number): { file: FileName; number: number; line: string } {
  const [first, ...rest]: FileName[] = KERNELS[name];
  let file = first;
  for (const next of rest) {
    const before = FILES[file].split("\n").length - 1;
    if (number <= before) break;
    number -= before, file = next;
  }
  return { file, number, line: FILES[file].split("\n")[number - 1] ?? "" };
}
