import type { Picture } from "../codecs/picture.ts";
import type { Dtype } from "../plan/dtype.ts";
import type { Size } from "../plan/geometry.ts";
import { type Plan, requirePlan } from "../plan/plan.ts";
import { planInSlices } from "../recipes/plan_in_slices.ts";
import { requireRecipe } from "../recipes/plan_sample.ts";
import type { Recipe } from "../recipes/recipe.ts";
import type { CacheCounts } from "./cache/row_cache.ts";
import type { Call } from "./call.ts";
import type { ConversationOptions } from "./conversation/conversation_options.ts";
import type { ConversationPlan, MediaRecipes } from "./conversation/plan_conversation.ts";
import { executed } from "./execute.ts";
import { type ExecutorName, requireDevice } from "./executor.ts";
import {
  type EngineOptions,
  PLAN_OPTIONS,
  requireEngineOptions,
  requireRunOptions,
  type RunOptions,
} from "./options.ts";
import { type Arrangeable, type Arranged, arranged } from "./rearrange_tensor.ts";
import { type Resized, resized, type ResizeOptions, type RunCanvases } from "./resize.ts";
import { Batch } from "./results/batch.ts";
import type { Tensor } from "./results/tensor.ts";
import { untilAborted } from "./run/abort.ts";
import { DECODES_AT_ONCE } from "./run/decode_gate.ts";
import { gathered, requireSizes } from "./run/gather.ts";
import { CHUNKS_A_LANE, closedError } from "./lanes/lanes.ts";
import type { SlowPicture } from "./run/slow_pictures.ts";
import { requireCalls, streamed, type StreamItem } from "./run/stream.ts";
import type { WorkClock } from "./run/work_clock.ts";
import { closeShared, openShared, type Shared } from "./shared.ts";
import { type Spliced, spliced, type SpliceOptions } from "./splice/splice.ts";
import type { SpliceInput } from "./splice/splice_inputs.ts";
import type { SplicedImage } from "./splice/splice_plan.ts";
import type { Verification } from "./verify/compare.ts";
import { noDifference } from "./verify/verify.ts";

/** Makes of pictures the tensors that a recipe describes, on a GPU or on the CPU. */
export class Engine {
  readonly #shared: Shared;
  #closed = false;

  private constructor(
    shared: Shared,
    /** The reason why this executor was taken, for people. */
    readonly why: string,
  ) {
    this.#shared = shared;
  }

  /**
   * Opens an engine.
   * @throws {VitrailError} `device` where `webgpu` is asked for and there is no adapter; `usage` for an
   * executor that there is not, a `device` that is none, or a bad budget.
   */
  static async open(options: EngineOptions = {}): Promise<Engine> {
    requireEngineOptions(options);
    const { shared, why } = await openShared(options);
    return new Engine(shared, why);
  }

  /** The executor that computes. */
  get executor(): ExecutorName {
    return this.#shared.executor.name;
  }

  /**
   * The GPU's device that it works on. A session on it, `{ name: "webgpu", device: engine.device }`, has its
   * tensors. Where it is lost, the engine opens another one, on which sessions are to be opened again.
   * @throws {VitrailError} `device` on an engine without a GPU.
   */
  get device(): GPUDevice {
    return requireDevice(this.#shared.executor, "engine.device");
  }

  /** The most lanes that share its work; fewer than were asked for where some could not be opened. */
  get lanes(): number {
    return this.#shared.lanes.most;
  }

  /** A line that says which lanes could not be opened, or are gone; undefined where none is. */
  get laneTrouble(): string | undefined {
    return this.#shared.lanes.trouble;
  }

  /** Bytes of working memory. */
  get memory(): number {
    return this.#shared.memory;
  }

  /** The counts of its cache of pictures; undefined where it was opened without one. */
  get cache(): CacheCounts | undefined {
    return this.#shared.cache?.counts;
  }

  /** The GPU devices that were lost, and opened again: the engine's own, and those of its lanes. */
  get lostDevices(): number {
    const { executor, lanes } = this.#shared;
    return (executor.losses ?? 0) + lanes.lostDevices;
  }

  /** The time that decoding and computing took, of all calls together. */
  get clock(): WorkClock {
    return this.#shared.clock;
  }

  /** The five pictures, at most, that took longest to decode: those of a second and more. */
  get slowest(): readonly SlowPicture[] {
    return this.#shared.slow.slowest;
  }

  /** The adapter's name, or the reference's, for people. */
  get description(): string {
    return this.#shared.executor.description;
  }

  /**
   * Runs one call: the pictures of one sample, or a list of pictures for each of several samples, in order.
   * Encoded bytes, paths, `Blob`s and raw RGB(A) pixels may be mixed. With a recipe of a class for videos
   * each sample is a clip: its frames, or a source of them (`ClipSource`), which is read as memory is free.
   *
   * Work whose GPU device is lost is done again on a new one, twice at most, with the same bytes. A caller's
   * device cannot be opened again, and frames of a source cannot be read again for a result that stays there.
   * @returns the call's tensors; `pixelValues` is `[tiles, 3, P, P]` in the HD recipes.
   * @throws {VitrailError} `decode` and `io` for a picture that cannot be read, `shape` for one that the
   * recipe cannot take, `limit` for a result or a picture too large, `device` where the GPU fails, `usage`
   * for options that there are not. The signal's reason where `signal` is aborted.
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
    this.#requireOpen(many);
    requireRecipe(recipe);
    requireRunOptions(options);
    const run = async () => {
      const call = await gathered(recipe, given, options), { picture, sizes, samples, clips } = call;
      try {
        const plan = await planInSlices(recipe, sizes, options.dtype, samples, clips, options.signal);
        const found: Verification | undefined = options.verify ? noDifference() : undefined;
        const planned = { plan, picture, found, derives: true, many, brief: false };
        const tensors = await executed(this.#shared, planned, options);
        return new Batch<D>(plan, tensors, call.names, this.executor, found);
      } finally {
        await call.close();
      }
    };
    return await untilAborted(run(), options.signal, (batch) => batch.dispose());
  }

  /**
   * Runs a plan as it is: its pictures in its order.
   * @param way `many`: other calls are under way, and lanes take each whole; `brief`: its tensors go soon
   * @returns the rows of each output that has pixels
   * @throws {VitrailError} `io` for a picture of another size than the plan has for it; what `run` throws.
   */
  async runPlan(
    plan: Plan<Recipe>,
    pictures: readonly Picture[],
    options: Omit<RunOptions, "dtype" | "verify"> = {},
    { many = false, brief = false }: { many?: boolean; brief?: boolean } = {},
  ): Promise<Record<string, Tensor>> {
    this.#requireOpen(many);
    requirePlan(plan);
    requireRunOptions(options, "Engine.runPlan", PLAN_OPTIONS);
    const run = async () => {
      const call = await gathered(plan.recipe, pictures, options), { picture } = call;
      try {
        requireSizes(plan, call);
        return await executed(this.#shared, { plan, picture, derives: false, many, brief }, options);
      } finally {
        await call.close();
      }
    };
    return await untilAborted(run(), options.signal, (tensors) => {
      for (const tensor of Object.values(tensors)) tensor.dispose();
    });
  }

  /**
   * Runs calls without end in bounded memory: each item is a picture, a clip, or a call as `run` takes it. As
   * many are under way together as cores can decode, within the engine's memory.
   * Batches come in order. A picture that fails ends the stream with its error, and so does a source that
   * fails, after the batches before it. Leaving the loop, or the signal, ends all that is under way.
   */
  async *stream<D extends Dtype = "f32">(
    recipe: Recipe,
    calls: AsyncIterable<StreamItem> | Iterable<StreamItem>,
    options: RunOptions<D> = {},
  ): AsyncGenerator<Batch<D>, void, void> {
    requireCalls(calls);
    requireRecipe(recipe);
    requireRunOptions(options, "Engine.stream");
    const run = (call: Call, many: boolean, signal: AbortSignal) =>
      this.#run(recipe, call, { ...options, signal }, many || this.#shared.lanes.areOpen);
    const pictures = () => Math.max(DECODES_AT_ONCE, CHUNKS_A_LANE * this.lanes + 1);
    yield* streamed(calls, run, pictures, options.signal);
  }

  /**
   * Plans a conversation, or several: the model's whole text input, and the plans of the pixels, which
   * `run(recipe, plan.call)` then makes. It is {@linkcode planConversation}, and needs no engine.
   */
  async plan(recipe: Recipe | MediaRecipes, options: ConversationOptions): Promise<ConversationPlan> {
    this.#requireOpen();
    const { planConversation } = await import("./conversation/plan_conversation.ts"); // a page's when it asks
    return await planConversation(recipe, options);
  }

  /**
   * Returns another tensor of the same elements, in the order of an einops-style pattern. Axes that stand
   * only on the right repeat; `sizes` says how often.
   * @throws {VitrailError} `recipe` for a malformed pattern; `shape` for a tensor that does not fit it, with
   * both sides, and the leading count that would fit; `usage` for data that is no array of elements.
   */
  async rearrange<T extends Arrangeable>(
    tensor: T,
    pattern: string,
    sizes: Record<string, number> = {},
  ): Promise<Arranged<T>> {
    this.#requireOpen();
    return await arranged(this.#shared.executor, tensor, pattern, sizes);
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
      const { pixelValues } = await this.run(recipe, pictures, { dtype: "u8", signal: options.signal });
      return await pixelValues.bytes();
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
   * too large; `device` where the GPU fails. The signal's reason where `signal` is aborted.
   */
  async splice(
    recipe: Recipe,
    features: SpliceInput,
    images: readonly SplicedImage[],
    options: SpliceOptions,
  ): Promise<Spliced> {
    this.#requireOpen();
    return await spliced(this.#shared.executor, { recipe, features, images, options });
  }

  #requireOpen(isWorking = false): void {
    if (this.#closed) throw closedError(isWorking);
  }

  /** Frees all that the engine made; a caller's device stays. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeShared(this.#shared);
  }

  /** Closes the engine, for `await using`. Its lanes have ended when the promise resolves. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.#shared.lanes.close();
  }
}
