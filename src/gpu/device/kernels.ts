import cells from "../../../shaders/cells.wgsl" with { type: "text" };
import copy from "../../../shaders/copy.wgsl" with { type: "text" };
import element from "../../../shaders/parts/element.wgsl" with { type: "text" };
import float_across from "../../../shaders/float_across.wgsl" with { type: "text" };
import fill from "../../../shaders/fill.wgsl" with { type: "text" };
import float_down from "../../../shaders/float_down.wgsl" with { type: "text" };
import float_store from "../../../shaders/float_store.wgsl" with { type: "text" };
import fused from "../../../shaders/parts/fused.wgsl" with { type: "text" };
import fusing from "../../../shaders/fusing.wgsl" with { type: "text" };
import global from "../../../shaders/global.wgsl" with { type: "text" };
import horizontal from "../../../shaders/horizontal.wgsl" with { type: "text" };
import pack from "../../../shaders/pack.wgsl" with { type: "text" };
import rearrange from "../../../shaders/rearrange.wgsl" with { type: "text" };
import splice from "../../../shaders/splice.wgsl" with { type: "text" };
import store from "../../../shaders/store.wgsl" with { type: "text" };
import vertical from "../../../shaders/vertical.wgsl" with { type: "text" };
import { VitrailError } from "../../errors.ts";

/** The code of WGSL files, by name. */
const FILES = {
  cells,
  copy,
  "parts/element": element,
  fill,
  float_across,
  float_down,
  float_store,
  "parts/fused": fused,
  fusing,
  global,
  horizontal,
  pack,
  rearrange,
  splice,
  store,
  vertical,
};

type FileName = keyof typeof FILES;

/** The kernels, by name: the files that are joined to their code. */
const KERNELS = {
  horizontal: ["horizontal"],
  vertical: ["vertical"],
  fill: ["fill"],
  store: ["store"],
  floatAcross: ["float_across", "parts/fused"],
  floatDown: ["float_down", "parts/fused"],
  floatStore: ["float_store", "parts/fused"],
  fusing: ["fusing", "parts/fused"],
  global: ["global", "parts/fused", "parts/element"],
  pack: ["pack", "parts/element"],
  rearrange: ["rearrange"],
  splice: ["splice"],
  spliceWords: ["splice"],
  cells: ["cells"],
  copy: ["copy"],
} satisfies Record<string, FileName[]>;

/** The entry points of kernels whose own is not `main`. */
const ENTRIES: Partial<Record<keyof typeof KERNELS, string>> = { spliceWords: "words" };

/** The name of a kernel. */
export type KernelName = keyof typeof KERNELS;

const KERNEL_NAMES = Object.keys(KERNELS) as KernelName[];

/** The pipelines of one device. Each kernel is compiled once for each set of constants. */
export class Kernels {
  readonly #modules = new Map<string, GPUShaderModule>();
  readonly #pipelines = new Map<string, GPUComputePipeline>();

  /** Creates a cache of pipelines for `device`, which is empty. */
  constructor(readonly device: GPUDevice) {}

  /** Returns the pipeline of a kernel with these `override` constants. */
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

  /** Forgets all pipelines, of which one may be invalid. */
  clear(): void {
    this.#modules.clear();
    this.#pipelines.clear();
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
   * Compiles every kernel, and waits for the compiler's messages. Of kernels that begin with the
   * same file it compiles one.
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

/** A line of a WGSL file. */
interface CodeLine {
  file: FileName;
  /** The line's number in the file, from 1. */
  number: number;
  line: string;
}

/** Finds the line of a file that is line `number` of a kernel's code. */
function lineOf(name: KernelName, number: number): CodeLine {
  const [first, ...rest]: FileName[] = KERNELS[name];
  let file = first;
  for (const next of rest) {
    const before = FILES[file].split("\n").length - 1;
    if (number <= before) break;
    number -= before;
    file = next;
  }
  return { file, number, line: FILES[file].split("\n")[number - 1] ?? "" };
}
