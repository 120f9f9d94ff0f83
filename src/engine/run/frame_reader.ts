import type { Picture } from "../../codecs/picture.ts";
import { VitrailError } from "../../errors.ts";

/**
 * Reads some frames of a source in order, each when it is asked for. Those between them are passed over. A
 * frame that is asked for ahead of others keeps those until they are asked for, too.
 */
export class FrameReader {
  readonly #iterator: AsyncIterator<Picture> | Iterator<Picture>;
  /** The frames that were read and are still asked for, by index, with how often. */
  readonly #kept = new Map<number, Picture>();
  readonly #wanted = new Map<number, number>();
  #next = 0;
  #ended = false;
  /** The source's error, which every frame behind it has. */
  #failure?: { readonly error: unknown };
  #queue: Promise<unknown> = Promise.resolve();

  /**
   * Creates a reader of the frames at `indices`.
   * @param name the clip's name in messages
   */
  constructor(
    source: AsyncIterable<Picture> | Iterable<Picture>,
    readonly indices: readonly number[],
    readonly name: string,
  ) {
    this.#iterator = Symbol.asyncIterator in source
      ? source[Symbol.asyncIterator]()
      : source[Symbol.iterator]();
    for (const index of indices) this.#wanted.set(index, (this.#wanted.get(index) ?? 0) + 1);
  }

  /**
   * Returns the frame at `indices[place]` once it is there, and lets go of it: each place is taken once.
   * @throws {VitrailError} `shape` where the source ends before it. What the source throws, as it is.
   */
  take(place: number): Promise<Picture> {
    return this.#inTurn(async () => {
      const index = this.indices[place], picture = await this.#read(index);
      const left = this.#wanted.get(index)! - 1;
      this.#wanted.set(index, left);
      if (left === 0) this.#kept.delete(index);
      return picture;
    });
  }

  /** Returns the first of the frames, which stays to be taken. */
  first(): Promise<Picture> {
    return this.#inTurn(() => this.#read(this.indices[0]));
  }

  /** Ends the source, where it has not ended. */
  async close(): Promise<void> {
    this.#kept.clear();
    if (this.#ended) return;
    this.#ended = true;
    await this.#iterator.return?.();
  }

  /** Begins `work` after all that was begun before it. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => {});
    return done;
  }

  /** Returns the source's next frame; a source that fails has ended. */
  async #step(): Promise<IteratorResult<Picture, unknown>> {
    try {
      return await this.#iterator.next();
    } catch (error) {
      this.#failure = { error };
      return { done: true, value: undefined };
    }
  }

  async #read(index: number): Promise<Picture> {
    while (this.#next <= index && !this.#ended) {
      const { value, done } = await this.#step();
      if (done) this.#ended = true;
      else if (this.#wanted.has(this.#next)) this.#kept.set(this.#next, value);
      if (!done) this.#next++;
    }
    const picture = this.#kept.get(index);
    if (picture !== undefined) return picture;
    if (this.#failure) throw this.#failure.error;
    throw new VitrailError(
      "shape",
      `${this.name} ended after ${this.#next} frames, before frame ${index + 1}, which is taken`,
    );
  }
}
