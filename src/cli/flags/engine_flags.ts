import { Engine } from "../../engine/engine.ts";
import {
  CHOICES,
  DEFAULT_MEMORY,
  type EngineOptions,
  type ExecutorChoice,
  type RunOptions,
} from "../../engine/options.ts";
import { VitrailError } from "../../errors.ts";
import type { Dtype } from "../../plan/dtype.ts";
import { prepareGraphics } from "../graphics.ts";
import { progressOn } from "../output/progress.ts";
import type { Terminal } from "../terminal.ts";
import type { Arguments, Flag } from "./flags.ts";

/** `--executor` and `--memory`. */
export const ENGINE_FLAGS: readonly Flag[] = [
  {
    name: "executor",
    value: "NAME",
    choices: CHOICES.executor,
    default: "auto",
    text: "what computes; auto: WebGPU where there is an adapter",
  },
  { name: "memory", value: "SIZE", default: "1GiB", text: "working memory, such as 512MiB" },
];

/** `--dtype`. */
export const DTYPE_FLAG: Flag = {
  name: "dtype",
  value: "TYPE",
  choices: CHOICES.dtype,
  default: "f32",
  text: "the elements' type; u8: the tiles before normalising",
};

/** `--orient`. */
export const ORIENT_FLAG: Flag = {
  name: "orient",
  value: "HOW",
  choices: CHOICES.orient,
  default: "ignore",
  text: "EXIF orientation; a TIFF is always turned, as by Pillow",
};

/** Flags of how pictures are read. */
export const PICTURE_FLAGS: readonly Flag[] = [
  ORIENT_FLAG,
  {
    name: "alpha",
    value: "HOW",
    choices: CHOICES.alpha,
    text: "transparency: dropped, or composited over white; what the recipe's own code does where absent",
  },
  {
    name: "max-pixels",
    value: "N",
    default: "178956970",
    text: "refuse pictures of more pixels before decoding",
  },
];

/** The dtype that was asked for. */
export function dtypeOf(args: Arguments): Dtype {
  return args.text("dtype") as Dtype;
}

/** How pictures are turned. */
export function orientOf(args: Arguments): RunOptions["orient"] {
  return args.text("orient") as RunOptions["orient"];
}

/**
 * How to run, by the flags.
 * @throws {VitrailError} `usage` for a bad number.
 */
export function runOptionsOf(args: Arguments, terminal: Pick<Terminal, "status">): RunOptions {
  return {
    dtype: dtypeOf(args),
    orient: orientOf(args),
    alpha: args.text("alpha") as RunOptions["alpha"],
    maxPixels: pixelCount(args.text("max-pixels")),
    verify: args.on("verify"),
    onProgress: progressOn(terminal),
  };
}

function pixelCount(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new VitrailError("usage", `--max-pixels is a whole number above 0, found "${text}"`);
}

/**
 * Opens the engine that the flags ask for; `auto` tells on standard error what it took and why.
 * @throws {VitrailError} `usage` for a bad or too small `--memory`; `device` where `webgpu` is not to be had.
 */
export async function openEngine(args: Arguments, terminal: Terminal): Promise<Engine> {
  const options: EngineOptions = {
    executor: args.text("executor") as ExecutorChoice,
    memory: bytesOf("memory", args.text("memory")) ?? DEFAULT_MEMORY,
  };
  prepareGraphics();
  const engine = await Engine.open(options);
  if (options.executor === "auto") {
    terminal.err(`executor: ${engine.executor} (${engine.description}); ${engine.why}`);
  }
  return engine;
}

const UNITS: Record<string, number> = { "": 1, k: 1, m: 2, g: 3 };

/**
 * `512MiB`, `1GB` or `1048576` as bytes; undefined where the flag is not given.
 * @throws {VitrailError} `usage` for anything else.
 */
export function bytesOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, number, unit = "", binary = ""] = /^(\d+(?:\.\d+)?)\s*(?:([kmg])(i?)b?|b)?$/i.exec(text) ?? [];
  if (number === undefined) {
    throw new VitrailError("usage", `--${flag} is a size such as 512MiB, 2GiB or 1048576, found "${text}"`);
  }
  const scale = unit === "" ? 1 : (binary === "" ? 1000 : 1024) ** UNITS[unit.toLowerCase()];
  return Math.floor(Number(number) * scale);
}
