import { Engine } from "../../engine/engine.ts";
import { CHOICES, DEFAULT_MEMORY, type EngineOptions, type ExecutorChoice } from "../../engine/options.ts";
import { slowText } from "../../engine/run/slow_pictures.ts";
import { byteSize } from "../../given/byte_size.ts";
import { prepareGraphics } from "../environment.ts";
import type { Terminal } from "../output/terminal.ts";
import type { Arguments, Flag } from "./arguments.ts";
import { wholeNumber } from "./text_flags.ts";

/** The flags that an engine is opened by: `--executor`, `--memory` and `--lanes`. */
export const ENGINE_FLAGS: readonly Flag[] = [
  {
    name: "executor",
    value: "NAME",
    choices: CHOICES.executor,
    default: "auto",
    text: "what computes: a GPU, WebAssembly SIMD or the CPU reference; auto takes the best there is",
  },
  {
    name: "memory",
    value: "SIZE",
    default: "1GiB",
    text: "most memory for pictures at work, such as 512MiB",
  },
  {
    name: "lanes",
    value: "N",
    text: "most Workers that share the work; by default by the cores, once there is much to do",
  },
];

/**
 * Opens the engine that the flags ask for. `auto` tells on standard error which executor it took, and why.
 * @throws {VitrailError} `usage` for a bad or too small `--memory`, or bad `--lanes`; `device` where `webgpu`
 * is not to be had.
 */
export async function openEngine(args: Arguments, terminal: Terminal): Promise<Engine> {
  const options: EngineOptions = {
    executor: args.text("executor") as ExecutorChoice,
    memory: memoryOf(args),
    lanes: wholeNumber(args, "lanes", 0),
    cache: bytesOf("cache", args.text("cache")),
  };
  prepareGraphics();
  const engine = await Engine.open(options);
  if (options.executor === "auto") {
    terminal.err(`executor: ${engine.executor} (${engine.description}); ${engine.why}`);
  }
  return engine;
}

/**
 * Tells of an engine's lanes that could not be opened, or are gone, and of the pictures that took long to
 * decode, where there are such.
 */
export function reportTrouble({ laneTrouble, slowest }: Engine, terminal: Terminal): void {
  if (laneTrouble !== undefined) terminal.err(laneTrouble);
  for (const picture of slowest) terminal.err(slowText(picture));
}

/** Returns the working memory that `--memory` gives, bytes. */
export function memoryOf(args: Arguments): number {
  return bytesOf("memory", args.text("memory")) ?? DEFAULT_MEMORY;
}

/**
 * Returns the bytes that a flag's value means: `512MiB`, `1GB`, `1048576`; undefined where it was not given.
 * @throws {VitrailError} `usage` for anything else.
 */
export function bytesOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return byteSize(`--${flag}`, text);
}
