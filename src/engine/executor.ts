import { VitrailError } from "../errors.ts";
import type { DeviceRows } from "../gpu/device_rows.ts";
import type { Layout } from "../layout/layout.ts";
import type { Elements } from "../plan/dtype.ts";
import type { Range } from "../plan/geometry.ts";
import type { HostRows } from "../plan/output_rows.ts";
import type { Plan } from "../plan/plan.ts";
import type { Pictures } from "../plan/stored_picture.ts";
import type { SimdRows } from "../simd/simd_executor.ts";
import type { ChunkLimits } from "./run/chunks.ts";
import type { SpliceWork } from "./splice/splice_work.ts";

/** The name of an executor. */
export type ExecutorName = "webgpu" | "simd" | "reference";

/** The memory that results stay in: the CPU's, or the device's that they were made on. */
export type Destination = "cpu" | "device";

/**
 * Rows of an output that an executor made: in CPU memory, in a buffer of its device, or on canvases from
 * which they are stored when they are read.
 */
export type Rows = HostRows | DeviceRows | SimdRows;

/**
 * An executor computes plans. Its members are all that an engine asks of a GPU or of a CPU, and no caller of
 * them asks which executor it has.
 *
 * **Another executor** is an object of these members. Its name goes into {@linkcode ExecutorName} and into
 * `CHOICES` of `options.ts`. `openExecutor` of `executors.ts` makes it where an engine's options ask for it.
 *
 * **Calls.** An engine closes its executor once. Until then it calls the other members in any order, and they
 * overlap: several calls are under way together, and rows of one chunk are read while the next chunk runs.
 *
 * **Rows** belong to whoever was given them, until they go to `release`, or to `join`, once. Until then they
 * may be read more than once, and by several readers at a time. They come back to no executor but the one
 * that made them. An executor without a `device` makes `HostRows` or rows of its own.
 *
 * **Values** are the reference's, byte for byte.
 *
 * **Errors** are {@linkcode VitrailError}s: `limit` for work that is too large here, `device` where the
 * device refuses work or is gone. A member that fails has freed all that it made, and spoils no other work.
 */
export interface Executor {
  /** The name that the engine and its batches report. */
  readonly name: ExecutorName;
  /** The adapter or the language that it works on, for people. */
  readonly description: string;
  /** The pixels that it takes: 4 for RGBA alone, 3 for RGB as well, which a decoder may have for less. */
  readonly channels: 3 | 4;
  /**
   * The device that rows can stay on, and whose buffers splices read; absent where rows are in CPU memory.
   */
  readonly device?: GPUDevice;
  /** The most bytes of rows that cost less to read in an array of their own; absent where none do. */
  readonly ownArray?: number;

  /**
   * Returns the most that one chunk may hold; `Infinity` where nothing bounds it. The engine cuts a call's
   * images into chunks by these limits, and gives `run` no other.
   * @param memory bytes that all work under way may need, the engine's budget
   */
  limits(memory: number): ChunkLimits;

  /**
   * Runs one chunk: the views of some images of a plan. Resolves when the work has been accepted and is
   * valid, not when it is done. Work that is refused is an error here, and not when the rows are read.
   *
   * @param images indices of `plan.images`, one at least; their views read no view of another image
   * @param pictures every source picture that those views read, by its index in `plan.pictures`. The pixels
   * are only read, and only until the promise resolves. Where an executor can be `renewed`, the caller
   * keeps them until the rows are read, to run the chunk again.
   * @param to `cpu` for rows that will be read once, and soon, so that copying may begin at once; `device`
   * for rows that stay until they are read or joined. An executor without a `device` is only asked for `cpu`.
   * @returns the rows that the images fill, in any order. Those of one output follow one another without a
   * gap, and no row is in two of them.
   */
  run(plan: Plan, images: Range, pictures: Pictures, to: Destination): Promise<Rows[]>;

  /**
   * Returns elements in the order of a layout's output: a new array of the type of `elements`, which stay as
   * they are.
   */
  rearrange(elements: Elements, layout: Layout): Promise<Elements>;

  /**
   * Splices features into tokens: rows `[tokens, 4C]` of the output `tokens`, in order, none left out. The
   * caller may ask for the next rows while it reads these, and may stop before the last.
   *
   * @param work inputs that fit one another. Without a `device` they all lie in CPU memory; with one, some
   * may lie in its buffers, which stay their owner's. An executor holds the tokens that it makes to
   * `requireLengths`.
   * @param to as in `run`
   */
  splice(work: SpliceWork, to: Destination): AsyncIterable<Rows> | Iterable<Rows>;

  /**
   * Copies rows into CPU memory, and resolves when all of them are there.
   * @param into called once for each of `rows`, when its bytes can be copied; gives an array of `rows.bytes`
   * bytes or more, whose first bytes are written. For rows of no more than `ownArray` bytes it may give none.
   * @returns the arrays of those rows for which it gave none, in their order; each begins where its buffer
   * does
   */
  read(
    rows: readonly Rows[],
    into: (rows: Rows) => Uint8Array | undefined,
  ): Promise<Uint8Array<ArrayBuffer>[]>;

  /**
   * Joins rows of one output that follow one another, in their order, into as few as it can; at best one. The
   * rows that it gives replace those that it was given, which are its own to free. Where memory for that is
   * short it gives them back as they are. Where it fails they are still the caller's.
   */
  join(rows: readonly Rows[]): Promise<Rows[]>;

  /**
   * Moves all rows of an output, in one part, into the order of a layout's output. Present where `device` is.
   * The rows that it gives replace those that it was given, which are its own to free. Where it fails they
   * are still the caller's.
   * @param layout of words of 32 bits
   * @param shape the shape of what it gives, in elements
   */
  arrange?(rows: Rows, layout: Layout, shape: number[]): Promise<Rows>;

  /**
   * Opens another device where an error of this executor's work is due to one that was lost. Resolves to true
   * once another one is there, so that the work can be done again from pictures, or from inputs, in CPU
   * memory; to false where no device was lost, or the executor is closed. Present where the executor opens
   * its devices itself.
   * @throws {VitrailError} `device` where no other one can be opened.
   */
  renewed?(error: unknown): Promise<boolean>;

  /** The devices that were lost up to now; absent where it opens none. */
  readonly losses?: number;

  /** Frees rows, also after `close`. */
  release(rows: readonly Rows[]): void;

  /**
   * Frees all that the executor made. Work that is under way, or is asked for later, may fail with `device`,
   * and so may reading rows that lie on a device.
   */
  close(): void;
}

/**
 * Returns an executor's device, on which results can stay.
 * @param what names what asks for it, for people
 * @throws {VitrailError} `device` where there is none.
 */
export function requireDevice({ device, name }: Executor, what = `{ to: "device" }`): GPUDevice {
  if (device) return device;
  throw new VitrailError("device", `${what} needs the webgpu executor, and this engine's is the ${name}`);
}
