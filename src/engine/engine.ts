import type { Picture } from "../codecs/picture.ts";
import { VitrailError } from "../errors.ts";
import type { Dtype } from "../plan/dtype.ts";
import type { Size } from "../plan/geometry.ts";
import type { Plan } from "../plan/plan.ts";
import { planSample } from "../recipes/plan_sample.ts";
import type { Recipe } from "../recipes/recipe.ts";
import type { Call } from "./call.ts";
import {
  type ConversationOptions,
  type ConversationPlan,
  type MediaRecipes,
  planConversation,
} from "./conversation/plan_conversation.ts";
import type { Executor, ExecutorName } from "./executor.ts";
import { openExecutor } from "./executors.ts";
import {
  DEFAULT_MEMORY,
  type EngineOptions,
  requireEngineOptions,
  requireRunOptions,
  type RunOptions,
} from "./options.ts";
import { type Arrangeable, type Arranged, arranged } from "./rearrange_tensor.ts";
import { type Resized, resized, type ResizeOptions, type RunCanvases } from "./resize.ts";
import { ArrayPool } from "./results/array_pool.ts";
import { Batch, derivedTensors } from "./results/batch.ts";
import type { Tensor } from "./results/tensor.ts";
import { Budget } from "./run/budget.ts";
import { type Chunk, chunksOf } from "./run/chunks.ts";
import { DecodeGate, DECODES_AT_ONCE } from "./run/decode_gate.ts";
import { type Gathered, gathered, requireSizes } from "./run/gather.ts";
import { loadChunk } from "./run/load_chunk.ts";
import { piecesOf } from "./run/pieces.ts";
import { throughChunks } from "./run/pipeline.ts";
import { defaultLanes } from "./lanes/default_lanes.ts";
import { CHUNKS_A_LANE, Lanes } from "./lanes/lanes.ts";
import { throughLanes } from "./lanes/through_lanes.ts";
import { CpuSink, DeviceSink } from "./run/sinks.ts";
import { streamed, type StreamItem } from "./run/stream.ts";
import { WorkClock } from "./run/work_clock.ts";
import { type Spliced, spliced, type SpliceOptions } from "./splice/splice.ts";
import type { SpliceInput } from "./splice/splice_inputs.ts";
import type { SplicedImage } from "./splice/splice_plan.ts";
import type { Verification } from "./verify/compare.ts";
import { noDifference } from "./verify/verify.ts";

/** Bytes of work that the engine does by itself before it opens lanes that nobody asked for. */
const PATIENCE = 2 ** 28;

/** Makes of pictures the tensors that a recipe describes, on a GPU or on the CPU. */
export class Engine {
  readonly #executor: Executor;
  readonly #arrays: ArrayPool;
  readonly #budget: Budget;
  readonly #lanes: Lanes;
  readonly #decodes: DecodeGate;
  /** The time that decoding and computing took, of all calls together. */
  readonly clock: WorkClock = new WorkClock();
  #closed = false;

  private constructor(
    executor: Executor,
    lanes: Lanes,
    decodes: DecodeGate,
    /** Bytes of working memory. */
    readonly memory: number,
    /** The reason why this executor was taken, for people. */
    readonly why: string,
  ) {
    this.#executor = executor;
    this.#lanes = lanes;
    this.#decodes = decodes;
    this.#arrays = new ArrayPool(memory / 8);
    this.#budget = new Budget(memory);
  }

  /**
   * Opens an engine.
   * @throws {VitrailError} `device` where `webgpu` is asked for and there is no adapter; `usage` for an
   * executor that there is not, or a bad budget.
   */
  static async open(options: EngineOptions = {}): Promise<Engine> {
    requireEngineOptions(options);
    const { memory = DEFAULT_MEMORY, device, upload } = options;
    const { executor, why } = await openExecutor(options, memory);
    const most = options.lanes ?? (device ? 0 : defaultLanes(executor));
    const patience = options.lanes === undefined ? PATIENCE : 0;
    const decodes = new DecodeGate(),
      lanes = new Lanes(executor, { most, memory, patience, decodes, upload });
    return new Engine(executor, lanes, decodes, memory, why);
  }

  /** The executor that computes. */
  get executor(): ExecutorName {
    return this.#executor.name;
  }

  /** The most lanes that share its work; fewer than were asked for where some could not be opened. */
  get lanes(): number {
    return this.#lanes.most;
  }

  /** The adapter's name, or the reference's, for people. */
  get description(): string {
    return this.#executor.description;
  }

  /**
   * Runs one call: the pictures of one sample, or a list of pictures for each of several samples, in order.
   * Encoded bytes, paths, `Blob`s and raw RGB(A) pixels may be mixed. With a recipe of a class for videos
   * each sample is a clip: its frames, or a source of them (`ClipSource`), which is read as memory is free.
   * @returns the call's tensors; `pixelValues` is `[tiles, 3, P, P]` in the HD recipes.
   * @throws {VitrailError} `decode` and `io` for a picture that cannot be read, `shape` for one that the
   * recipe cannot take, `limit` for a result or a picture too large, `device` where the GPU fails, `usage`
   * for options that there are not.
   */
  async run<D extends Dtype = "f32">(
    recipe: Recipe,
    given: Call,
    options: RunOptions<D> = {},
  ): Promise<Batch<D>> {
    return await this.#run(recipe, given, options, false);
  }

  /** Runs one call; one of `many` goes through lanes, even if it is of one picture. */
  async #run<D extends Dtype>(
    recipe: Recipe,
    given: Call,
    options: RunOptions<D>,
    many: boolean,
  ): Promise<Batch<D>> {
    this.#requireOpen();
    requireRunOptions(options);
    const call = await gathered(recipe, given, options);
    try {
      const plan = planSample(recipe, call.sizes, options.dtype ?? "f32", call.samples, call.clips);
      const found: Verification | undefined = options.verify ? noDifference() : undefined;
      const tensors = await this.#execute(plan, call, options, { found, many });
      const derived = await derivedTensors(plan, tensors);
      return new Batch(plan, { ...tensors, ...derived }, call.names, this.executor, found);
    } finally {
      await call.close();
    }
  }

  /**
   * Runs a plan as it is: its pictures in its order.
   * @returns the rows of each output that has pixels
   * @throws {VitrailError} `io` for a picture of another size than the plan has for it; what `run` throws.
   */
  async runPlan(
    plan: Plan<Recipe>,
    pictures: readonly Picture[],
    options: Omit<RunOptions, "dtype" | "verify"> = {},
  ): Promise<Record<string, Tensor>> {
    this.#requireOpen();
    requireRunOptions(options);
    const call = await gathered(plan.recipe, pictures, options);
    try {
      requireSizes(plan, call);
      return await this.#execute(plan, call, options);
    } finally {
      await call.close();
    }
  }

  /** Executes a plan, a chunk after the other. */
  async #execute(
    whole: Plan<Recipe>,
    { picture }: Gathered,
    options: RunOptions,
    { found, many = false }: { found?: Verification; many?: boolean } = {},
  ): Promise<Record<string, Tensor>> {
    const plan = { ...whole, images: piecesOf(whole) };
    const executor = this.#executor, budget = this.#budget, lanes = this.#lanes, arrays = this.#arrays;
    const { clock } = this, decodes = this.#decodes;
    const { orient, maxPixels, alpha = plan.recipe.alpha, to, onProgress } = options;
    const reading = { orient, maxPixels, alpha }, limits = executor.limits(this.memory);
    if (lanes.most > 0 && to !== "device" && !found && (many || plan.images.length > 1)) {
      const call = { plan, whole, lanes, executor, limits, budget, clock, arrays, picture, reading };
      return await throughLanes(call, onProgress);
    }
    const chunks = chunksOf(plan, limits);
    const sink = to === "device" ? new DeviceSink(plan, executor) : new CpuSink(plan, executor, arrays);
    const loading = { ...reading, channels: executor.channels };
    const load = (chunk: Chunk) =>
      clock.during("decoding", () => loadChunk(plan, chunk, picture, loading, decodes));
    const work = { plan, whole, chunks, executor, budget, clock, load, sink, found };
    return await throughChunks(work, options);
  }

  /**
   * Runs calls without end in bounded memory: each item is a picture, a clip, or a call as `run` takes it. As
   * many are under way together as cores can decode, within the engine's memory.
   * Batches come in order. A picture that fails ends the stream with its error, and so does a source that
   * fails, after the batches before it.
   */
  async *stream<D extends Dtype = "f32">(
    recipe: Recipe,
    calls: AsyncIterable<StreamItem> | Iterable<StreamItem>,
    options: RunOptions<D> = {},
  ): AsyncGenerator<Batch<D>, void, void> {
    if (typeof calls === "string") { // its letters would be paths
      throw new VitrailError("usage", `stream takes a list of pictures, found the one "${calls}"`);
    }
    const run = (call: Call, many: boolean) => this.#run(recipe, call, options, many);
    yield* streamed(calls, run, () => Math.max(DECODES_AT_ONCE, CHUNKS_A_LANE * this.lanes + 1));
  }

  /**
   * Plans a conversation, or several: the model's whole text input, and the plans of the pixels, which
   * `run(recipe, plan.call)` then makes. It is {@linkcode planConversation}, and needs no engine.
   */
  plan(recipe: Recipe | MediaRecipes, options: ConversationOptions): Promise<ConversationPlan> {
    this.#requireOpen();
    return planConversation(recipe, options);
  }

  /**
   * Returns another tensor of the same elements, in the order of an einops-style pattern. Axes that stand
   * only on the right repeat; `sizes` says how often.
   * @throws {VitrailError} `recipe` for a malformed pattern; `shape` for a tensor that does not fit it, with
   * both sides and, where a leading axis is the culprit, the count that would fit; `usage` for data that is
   * no array of elements.
   */
  async rearrange<T extends Arrangeable>(
    tensor: T,
    pattern: string,
    sizes: Record<string, number> = {},
  ): Promise<Arranged<T>> {
    this.#requireOpen();
    return await arranged(this.#executor, tensor, pattern, sizes);
  }

  /**
   * Resizes a picture as Pillow's `Image.resize` does, bit for bit: by one of its six filters, and of a
   * source box. The result is `[height, width, channels]`. Raw pixels keep their channels, RGB or RGBA;
   * encoded pictures become RGB. RGBA is premultiplied around the resampling, as Pillow does it.
   *
   * ```ts
   * import { Engine } from "./engine.ts";
   * import { assertEquals } from "@std/assert";
   *
   * await using engine = await Engine.open({ executor: "reference" });
   * const two = { width: 2, height: 1, data: Uint8Array.of(0, 0, 0, 200, 100, 50) };
   * const { data } = await engine.resize(two, { width: 1, height: 1 }, { filter: "box" });
   * assertEquals([...data], [100, 50, 25]);
   * ```
   *
   * @throws {VitrailError} `usage` for a size, filter or box that there cannot be; `shape` for raw pixels
   * that do not fit their size; what `run` throws.
   */
  async resize(picture: Picture, size: Size, options: ResizeOptions = {}): Promise<Resized> {
    this.#requireOpen();
    const run: RunCanvases = async (recipe, pictures) => {
      const batch = await this.run(recipe, pictures, { dtype: "u8" });
      return await batch.pixelValues.bytes();
    };
    return await resized(run, picture, size, options);
  }

  /**
   * Splices vision features `[rows, N, C]` into one sequence of tokens `[1, total, 4C]`. Features have a row
   * for each global view and tile, in the order of `pixelValues`; a token merges 2×2 patches. Each picture
   * gives its own global view, the separator, and its tiles put together, with a newline after every line of
   * tokens. Of `images` only `grid` is needed.
   * @throws {VitrailError} `shape` for shapes that do not fit the pictures, with those that would; `recipe`
   * for a recipe without such tokens; `usage` for no pictures or other element types; `limit` for a result
   * too large; `device` where the GPU fails.
   */
  async splice(
    recipe: Recipe,
    features: SpliceInput,
    images: readonly SplicedImage[],
    options: SpliceOptions,
  ): Promise<Spliced> {
    this.#requireOpen();
    return await spliced(this.#executor, { ...options, recipe, features, images });
  }

  #requireOpen(): void {
    if (this.#closed) throw new VitrailError("usage", "this engine is closed; open another one");
  }

  /** Frees all that the engine made; a caller's device stays. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#lanes.close();
    this.#executor.close();
    this.#arrays.close();
  }

  /** Closes the engine, for `await using`. Its lanes have ended when the promise resolves. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.#lanes.close();
  }
}
