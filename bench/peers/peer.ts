import { here } from "./program.ts";
import { lines } from "./serve.ts";
import type { Answer, Request, Work } from "./work.ts";

/** How a peer is started. */
export interface PeerProgram {
  name: string;
  command: string;
  args: string[];
  /** What its results must be: the same bytes as Vitrail's (global views within 1e-6), or of the same shape. */
  promise: "bytes" | "shape";
  /** What it can do. */
  tasks: readonly Work["task"][];
  /** What a Python must have for it, where it is one's program. */
  needs?: Needs;
}

/** For people, and as a statement that fails without. */
interface Needs {
  what: string;
  code: string;
}

const TORCH: Needs = { what: "torch, torchvision and Pillow", code: "import torch, torchvision, PIL" };
const CUDA: Needs = {
  what: "torch with CUDA, torchvision and Pillow",
  code: `${TORCH.code}; torch.cuda.current_device()`,
};

function withTransformers({ what, code }: Needs): Needs {
  return { what: `transformers, ${what}`, code: `${code}; import transformers` };
}

const deno = (file: string, ...args: string[]) => [
  "run",
  "--quiet",
  "--allow-all",
  here(file),
  ...args,
];

/** Every peer, Vitrail first: the others' ratios are to it. */
export const PEERS: readonly PeerProgram[] = [
  {
    name: "Vitrail",
    command: Deno.execPath(),
    args: deno("vitrail.ts", "webgpu"),
    promise: "bytes",
    tasks: ["hd", "qwen"],
  },
  {
    name: "Vitrail's reference",
    command: Deno.execPath(),
    args: deno("vitrail.ts", "reference"),
    promise: "bytes",
    tasks: ["hd", "qwen"],
  },
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
    args: deno("sharp_loop.ts"),
    promise: "shape",
    tasks: ["hd"],
  },
  {
    name: "Pillow + torch",
    command: "python3",
    args: [here("torch_peer.py")],
    promise: "bytes",
    tasks: ["hd", "qwen"],
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

/** Who leaves results on the same GPU: torchvision's tensor transforms, and HuggingFace's processor that uses them. */
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

/** A peer's process, which answers one request after another. */
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

  /** Starts a peer; a text says what this machine lacks for it. */
  static async start(program: PeerProgram, env: Record<string, string>): Promise<Peer | string> {
    const { command, needs } = program;
    if (!needs) return new Peer(program, command, env);
    const python = await pythonWith(needs);
    return python === undefined ? `no python3 here has ${needs.what}` : new Peer(program, python, env);
  }

  /** Sends one request; the answer's `error` says where the peer failed or died. */
  async ask(request: Request): Promise<Answer> {
    try {
      await this.#requests.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`));
      const { value } = await this.#answers.next();
      if (value !== undefined) return JSON.parse(value);
    } catch { /* it has ended */ }
    return { ms: NaN, shape: [], error: "its process ended" };
  }

  /** Ends its process. */
  async stop(): Promise<void> {
    await this.#requests.close().catch(() => {});
    await this.#child.status;
  }
}

/** A Python that has what is needed: the one on the path, or the system's. */
async function pythonWith({ code }: Needs): Promise<string | undefined> {
  for (const python of ["python3", "/usr/bin/python3"]) {
    const probe = new Deno.Command(python, { args: ["-c", code], stdout: "null", stderr: "null" });
    if (await probe.output().then(({ success }) => success, () => false)) return python;
  }
}
