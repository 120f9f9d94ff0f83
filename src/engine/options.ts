import { requireChoice, shown, VitrailError } from "../errors.ts";
import { type OptionNames, requireOptions } from "../given/given_options.ts";
import { requireSignal } from "../given/given_signal.ts";
import { requireGiven } from "../given/given_value.ts";
import { type Dtype, DTYPES } from "../plan/dtype.ts";
import { cacheBytes } from "./cache/cache_bytes.ts";
import type { Destination, ExecutorName } from "./executor.ts";

/** The executor that is asked for; `auto` leaves it to the machine. */
export type ExecutorChoice = "auto" | ExecutorName;

/** The options of `Engine.open`. */
export interface EngineOptions {
  /**
   * `auto` (default): WebGPU on a GPU, WebAssembly SIMD where there is none, the CPU reference where there is
   * neither. A software adapter, which computes on the CPU, is taken where `webgpu` is asked for.
   */
  executor?: ExecutorChoice;
  /**
   * A device to work on, such as the one of ONNX Runtime, which stays the caller's: a tensor of ours is then
   * a tensor of theirs.
   */
  device?: GPUDevice;
  /**
   * The pixels that go up to a GPU; they change no result. `rgb` takes three bytes a pixel, `rgba`
   * four. The default is `rgb`; on a software adapter, which reads three more slowly than four, it is `rgba`.
   */
  upload?: "rgb" | "rgba";
  /**
   * Bytes that pictures under way, of all runs together, may need; 1 GiB by default. Counted are four bytes a
   * stored pixel, four a pixel of canvases (16 where they hold floats), and rows twice, as f32. Pictures wait
   * for it before they are decoded, and one image that needs more is an error `limit`. Not counted are
   * results, which are as large as the plan says, the cache, encoded files, what a decoder takes besides
   * pixels, and the runtime with its threads: some 200 MiB.
   */
  memory?: number;
  /**
   * The most lanes: Workers, each with an executor and decoders of its own, which share the work of streams
   * and of calls of several pictures. By default as many as there are cores without a GPU, half as many, 8 at
   * most, with one, and none on a software adapter or a caller's device. They are opened when there is work
   * for them; those that are there by default, when there is much, or without a GPU for a single large
   * picture. With lanes each thread, the caller's too, reserves 512 MiB of addresses that nobody touches,
   * until the engine is closed; on Windows none. It counts where a system charges what is reserved, as Linux
   * does with `vm.overcommit_memory=2`.
   */
  lanes?: number;
  /**
   * Bytes, or a size such as `512MiB`, in which the rows of pictures are kept once they were made. A picture
   * of the same bytes, whatever its name, is then neither decoded nor computed again, and its result is the
   * same in every byte. Results on the device, verified ones and clips of sources go without. None by
   * default.
   */
  cache?: number | string;
}

/** The options of `Engine.run` and `Engine.stream`. */
export interface RunOptions<D extends Dtype = Dtype> {
  /** The elements' type: f32 by default; u8 is the tiles before normalising. */
  dtype?: D;
  /** The memory that the result stays in: the CPU's by default. */
  to?: Destination;
  /** Runs the reference as well, and compares every element with its own. */
  verify?: boolean;
  /**
   * EXIF orientation: ignored by default, as the Python code ignores it, or applied. A TIFF's is always
   * applied, as Pillow applies it when it loads one.
   */
  orient?: "ignore" | "exif";
  /**
   * Transparency: dropped, as `convert("RGB")` does, or composited over white; by default as the recipe's
   * Python code has it.
   */
  alpha?: "drop" | "white";
  /** Pixels that a picture's header may announce: 178 956 970 by default. */
  maxPixels?: number;
  /** Bytes that an encoded picture may have: 1 GiB by default. */
  maxBytes?: number;
  /**
   * Damaged pictures: an error by default, where Python's is one or where its pixels cannot be had, or kept
   * as far as a decoder reads them.
   */
  damaged?: "refuse" | "keep";
  /**
   * Ends the call where it is aborted: no further picture is decoded, and within a second all is free and the
   * signal's reason is thrown.
   */
  signal?: AbortSignal;
  /** Called after each chunk with the pictures done so far. */
  onProgress?: (done: number, total: number) => void;
}

/** Working memory where none is asked for, bytes. */
export const DEFAULT_MEMORY: number = 2 ** 30;

/** The smallest working memory that an engine takes, bytes. */
const LEAST_MEMORY = 2 ** 20;

/** The most lanes that an engine takes. */
const MOST_LANES = 256;

/** The values of options that are one of a few. */
export const CHOICES = {
  executor: ["auto", "webgpu", "simd", "reference"],
  upload: ["rgb", "rgba"],
  dtype: DTYPES,
  to: ["cpu", "device"],
  orient: ["ignore", "exif"],
  alpha: ["drop", "white"],
  damaged: ["refuse", "keep"],
} as const;

const ENGINE_OPTIONS = {
  executor: true,
  device: true,
  upload: true,
  memory: true,
  lanes: true,
  cache: true,
} satisfies OptionNames<EngineOptions>;

/** The names of the options of running a plan, which says the element type itself. */
export const PLAN_OPTIONS = {
  to: true,
  orient: true,
  alpha: true,
  maxPixels: true,
  maxBytes: true,
  damaged: true,
  signal: true,
  onProgress: true,
} satisfies OptionNames<Omit<RunOptions, "dtype" | "verify">>;

/** The names of a run's options. */
export const RUN_OPTIONS = {
  dtype: true,
  verify: true,
  ...PLAN_OPTIONS,
} satisfies OptionNames<RunOptions>;

/**
 * Holds the options of `Engine.open` against what there is.
 * @throws {VitrailError} `usage` for a name that is no option, or an option's old name, an executor that
 * there is not, what is no device, too small a budget, and lanes or a cache that there cannot be.
 */
export function requireEngineOptions(options: EngineOptions): void {
  if (typeof options === "object" && options !== null && "backend" in options) {
    throw new VitrailError(
      "usage",
      `backend is called executor now: { executor: ${shown(options.backend)} }`,
    );
  }
  requireOptions("Engine.open", options, ENGINE_OPTIONS);
  const { executor, upload, memory = DEFAULT_MEMORY, lanes = 0, device } = options;
  requireChoice("executor", executor, CHOICES.executor);
  requireChoice("upload", upload, CHOICES.upload);
  if (device !== undefined) requireGpuDevice(device);
  if (!Number.isSafeInteger(lanes) || lanes < 0 || lanes > MOST_LANES) {
    throw new VitrailError("usage", `lanes is a whole number from 0 to ${MOST_LANES}, found ${shown(lanes)}`);
  }
  if (lanes > 0 && device) {
    throw new VitrailError("usage", "lanes open devices of their own; give a device or lanes, not both");
  }
  cacheBytes(options.cache);
  if (typeof memory === "number" && memory >= LEAST_MEMORY) return;
  throw new VitrailError(
    "usage",
    `a memory budget of ${shown(memory)} bytes is too small; give at least ${LEAST_MEMORY} (1 MiB)`,
  );
}

/**
 * Holds a caller's device against what an engine works on. It need not be of this platform's own class.
 * @throws {VitrailError} `usage` for what is none, with how to get one of what was given.
 */
function requireGpuDevice(given: unknown): void {
  const device = given as Partial<GPUDevice> | null;
  if (typeof device?.createBuffer === "function" && device.queue && device.limits && device.lost) return;
  const is = (name: string) => typeof (given as Record<string, unknown> | null)?.[name] === "function";
  const found = is("then")
    ? "a promise; await it"
    : is("requestDevice")
    ? "an adapter; give await adapter.requestDevice()"
    : shown(given);
  throw new VitrailError("usage", `device is a GPUDevice, found ${found}`);
}

/**
 * Holds the options of a run against what there is.
 * @param call the call that takes them, in messages
 * @param names the options that it has
 * @throws {VitrailError} `usage` for options that there are not, or that exclude each other; the signal's
 * reason where it is aborted by now.
 */
export function requireRunOptions(
  options: RunOptions,
  call = "Engine.run",
  names: Readonly<Record<string, true>> = RUN_OPTIONS,
): void {
  requireOptions(call, options, names);
  for (const name of ["dtype", "to", "orient", "alpha", "damaged"] as const) {
    requireChoice(name, options[name], CHOICES[name]);
  }
  for (const name of ["maxPixels", "maxBytes"] as const) {
    if (options[name] !== undefined) requireGiven(name, options[name], "a number from 0 up");
  }
  const { onProgress, verify } = options;
  if (verify !== undefined) requireGiven("verify", verify, "true or false");
  if (onProgress !== undefined) requireGiven("onProgress", onProgress, "a function");
  requireSignal(options.signal);
  if (options.verify && options.to === "device") {
    throw new VitrailError("usage", `verify needs the result in CPU memory; run it without { to: "device" }`);
  }
}
