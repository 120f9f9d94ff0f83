import type { ExecutorName } from "../../src/engine/executor.ts";
import type { Work } from "./work.ts";

/**
 * The results that a peer promises: the same bytes as Vitrail's (global views within 1e-6); values that are
 * close to them, as other filters of the same kind make them; or at least as many rows of the same shape.
 */
export type Promised = "bytes" | "close" | "shape";

/** The program of a peer. */
export interface PeerProgram {
  /** Its name in the table. */
  name: string;
  /** The command that starts it, and its arguments. */
  command: string;
  args: string[];
  /** Its results beside Vitrail's. */
  promise: Promised;
  /** The tasks that it can do. */
  tasks: readonly Work["task"][];
  /** Says why it cannot do a work of such a task; undefined where it can. Absent: it can do all. */
  cannot?: (work: Work) => string | undefined;
  /** True where it can share a stream among processes, Workers or lanes. */
  streams?: boolean;
  /** The packages that Python must have for it; absent where it is no Python program. */
  needs?: Needs;
}

/** Packages of Python. */
export interface Needs {
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
function vitrail(name: string, executor: ExecutorName, streams: boolean): PeerProgram {
  const args = denoArgs("vitrail.ts", executor), tasks = ["hd", "qwen", "resize"] as const;
  return { name, command: Deno.execPath(), args, promise: "bytes", tasks, streams };
}

/** Returns torchvision's transforms of tensors as a peer, on a device of torch's. */
function torchvision(name: string, device: string, needs: Needs): PeerProgram {
  const args = [here("python/torchvision_peer.py"), device], tasks = ["hd", "qwen"] as const;
  return { name, command: "python3", args, promise: "close", tasks, streams: device === "cpu", needs };
}

/** The peer that leaves its results on the GPU. */
export const ON_WEBGPU = "Vitrail, WebGPU";

/** The peer whose models are a download of 430 MB. */
export const TRANSFORMERS_JS = "transformers.js";

/** The reason why that peer has no batch through qwen2_vl: it would fail after half a minute. */
const NO_MIXED_SIZES = 'its processor fails on pictures of several sizes: "offset is out of bounds"';

/** Every peer. Vitrail without a GPU is the first, and the ratios of the others are to it. */
export const PEERS: readonly PeerProgram[] = [
  vitrail("Vitrail, SIMD", "simd", true),
  vitrail(ON_WEBGPU, "webgpu", true),
  vitrail("Vitrail's reference", "reference", false),
  {
    name: TRANSFORMERS_JS,
    command: Deno.execPath(),
    args: ["run", "--quiet", "--allow-all", "--config", here("transformers.json"), here("transformers.ts")],
    promise: "shape",
    tasks: ["hd", "qwen"],
    cannot: ({ task, pictures }) => task === "qwen" && pictures.length > 1 ? NO_MIXED_SIZES : undefined,
  },
  {
    name: "sharp + loop",
    command: Deno.execPath(),
    args: denoArgs("sharp/sharp_loop.ts"),
    promise: "close",
    tasks: ["hd"],
    streams: true,
  },
  {
    name: "Pillow + torch",
    command: "python3",
    args: [here("python/torch_peer.py")],
    promise: "bytes",
    tasks: ["hd", "qwen", "resize"],
    streams: true,
    needs: TORCH,
  },
  torchvision("torchvision, CPU", "cpu", TORCH),
  {
    name: "HuggingFace fast",
    command: "python3",
    args: [here("python/hf_peer.py")],
    promise: "close",
    tasks: ["qwen"],
    needs: withTransformers(TORCH),
  },
];

/**
 * The peers that leave their results on the same GPU: torchvision's tensor transforms, and HuggingFace's
 * processor that uses them.
 */
export const ON_CUDA: readonly PeerProgram[] = [
  torchvision("torchvision, CUDA", "cuda", CUDA),
  {
    name: "HuggingFace fast, CUDA",
    command: "python3",
    args: [here("python/hf_peer.py"), "cuda"],
    promise: "close",
    tasks: ["qwen"],
    needs: withTransformers(CUDA),
  },
];
