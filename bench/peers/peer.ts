import type { ExecutorName } from "../../src/engine/executor.ts";
import { lines } from "./serve.ts";
import type { Answer, Request, Work } from "./work.ts";

/** The program of a peer. */
export interface PeerProgram {
  /** Its name in the table. */
  name: string;
  /** The command that starts it, and its arguments. */
  command: string;
  args: string[];
  /** Its results: the same bytes as Vitrail's (global views within 1e-6), or the same shape. */
  promise: "bytes" | "shape";
  /** The tasks that it can do. */
  tasks: readonly Work["task"][];
  /** The packages that Python must have for it; absent where it is no Python program. */
  needs?: Needs;
}

/** Packages of Python. */
interface Needs {
  /** Their names, for people. */
  what: string;
  /** A statement that fails without them. */
  code: string;
}

/** The packages of peers on a CPU. */
export const TORCH: Needs = { what: "torch, torchvision and Pillow", code: "import torch, torchvision, PIL" };
const CUDA: Needs = {
  what: "torch with CUDA, torchvision and Pillow",
  code: `${TORCH.code}; torch.cuda.current_device()`,
};

function withTransformers({ what, code }: Needs): Needs {
  return { what: `transformers, ${what}`, code: `${code}; import transformers` };
}

/** The path of a file in this folder. */
function here(file: string): string {
  return new URL(file, import.meta.url).pathname;
}

/** The arguments by which Deno starts a program in this folder. */
function denoArgs(file: string, ...args: string[]): string[] {
  return ["run", "--quiet", "--allow-all", here(file), ...args];
}

/** Returns Vitrail as a peer, on one executor. */
function vitrail(name: string, executor: ExecutorName): PeerProgram {
  const args = denoArgs("vitrail.ts", executor);
  return { name, command: Deno.execPath(), args, promise: "bytes", tasks: ["hd", "qwen", "resize"] };
}

/** The peer that leaves its results on the GPU. */
export const ON_WEBGPU = "Vitrail, WebGPU";

/** Every peer. Vitrail without a GPU is the first, and the ratios of the others are to it. */
export const PEERS: readonly PeerProgram[] = [
  vitrail("Vitrail, SIMD", "simd"),
  vitrail("Vitrail, WebGPU", "webgpu"),
  vitrail("Vitrail's reference", "reference"),
  {
    name: "transformers.js",
    command: Deno.execPath(),
    args: ["run", "--quiet", "--allow-all", "--config", here("transformers.json"), here("transformers.ts")],
    promise: "shape",
    tasks: ["hd", "qwen"],
  },
  {
    name: "sharp + loop",
    command: Deno.execPath(),
    args: denoArgs("sharp_loop.ts"),
    promise: "shape",
    tasks: ["hd"],
  },
  {
    name: "Pillow + torch",
    command: "python3",
    args: [here("torch_peer.py")],
    promise: "bytes",
    tasks: ["hd", "qwen", "resize"],
    needs: TORCH,
  },
  {
    name: "HuggingFace fast",
    command: "python3",
    args: [here("hf_peer.py")],
    promise: "shape",
    tasks: ["qwen"],
    needs: withTransformers(TORCH),
  },
];

/**
 * The peers that leave their results on the same GPU: torchvision's tensor transforms, and HuggingFace's
 * processor that uses them.
 */
export const ON_CUDA: readonly PeerProgram[] = [
  {
    name: "torchvision, CUDA",
    command: "python3",
    args: [here("torch_peer.py"), "cuda"],
    promise: "shape",
    tasks: ["hd"],
    needs: CUDA,
  },
  {
    name: "HuggingFace fast, CUDA",
    command: "python3",
    args: [here("hf_peer.py"), "cuda"],
    promise: "shape",
    tasks: ["qwen"],
    needs: withTransformers(CUDA),
  },
];

/** The process of a peer, which answers one request after another. */
export class Peer {
  readonly #child: Deno.ChildProcess;
  readonly #answers: AsyncGenerator<string>;
  readonly #requests: WritableStreamDefaultWriter<Uint8Array>;

  private constructor(readonly program: PeerProgram, command: string, env: Record<string, string>) {
    this.#child = new Deno.Command(command, {
      args: program.args,
      env,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#answers = lines(this.#child.stdout);
    this.#requests = this.#child.stdin.getWriter();
  }

  /** Starts a peer. A text in its place says what this machine lacks for it. */
  static async start(program: PeerProgram, env: Record<string, string>): Promise<Peer | string> {
    const { command, needs } = program;
    if (!needs) return new Peer(program, command, env);
    const python = await pythonWith(needs);
    return python === undefined ? `no python3 here has ${needs.what}` : new Peer(program, python, env);
  }

  /**
   * Sends one request and returns the answer; it has an `error` where the peer failed or its process ended.
   */
  async ask(request: Request): Promise<Answer> {
    try {
      await this.#requests.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`));
      const { value } = await this.#answers.next();
      if (value !== undefined) return JSON.parse(value);
    } catch { /* it has ended */ }
    return { ms: NaN, shape: [], error: "its process ended" };
  }

  /** Ends the process: it ends when it gets no more requests. */
  async stop(): Promise<void> {
    await this.#requests.close().catch(() => {});
    await this.#child.status;
  }
}

/** Returns a Python that has what is needed, from the PATH or the system; undefined where neither has it. */
export async function pythonWith({ code }: Needs): Promise<string | undefined> {
  for (const python of ["python3", "/usr/bin/python3"]) {
    const probe = new Deno.Command(python, { args: ["-c", code], stdout: "null", stderr: "null" });
    if (await probe.output().then(({ success }) => success, () => false)) return python;
  }
}
