/** Numbers of a block: what is beyond the last one takes no more memory than that. */
const BLOCK = 2 ** 16;

/** A list that numbers are added to, in 8 bytes a number. It grows by blocks and copies none of them. */
export class NumberList {
  readonly #blocks: Float64Array[] = [];
  #length = 0;

  /** The count of its numbers. */
  get length(): number {
    return this.#length;
  }

  /** Adds a number. */
  push(value: number): void {
    const at = this.#length++ % BLOCK;
    if (at === 0) this.#blocks.push(new Float64Array(BLOCK));
    this.#blocks.at(-1)![at] = value;
  }

  /** Returns the number at `index`, from 0. */
  at(index: number): number {
    return this.#blocks[Math.floor(index / BLOCK)][index % BLOCK];
  }
}
