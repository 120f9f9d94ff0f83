/** Numbers of a block: what is beyond the last one takes no more memory than that. */
const BLOCK = 2 ** 12;

/** The most that a number may be above the first of its block to take 4 bytes. */
const MOST = 2 ** 32 - 1;

/** Numbers that lie near each other, as what they are above the first. */
interface Block {
  readonly first: number;
  above: Uint32Array | Float64Array;
}

/**
 * A list that rising numbers are added to, in 4 bytes a number; in 8 where the numbers of a block span more
 * than 32 bits. It grows by blocks and copies none of them.
 */
export class NumberList {
  readonly #blocks: Block[] = [];
  #length = 0;

  /** The count of its numbers. */
  get length(): number {
    return this.#length;
  }

  /** Adds a whole number, which is not below the last one. */
  push(value: number): void {
    const at = this.#length++ % BLOCK;
    if (at === 0) this.#blocks.push({ first: value, above: new Uint32Array(BLOCK) });
    const block = this.#blocks.at(-1)!, above = value - block.first;
    if (above > MOST && block.above instanceof Uint32Array) block.above = Float64Array.from(block.above);
    block.above[at] = above;
  }

  /** Returns the number at `index`, from 0. */
  at(index: number): number {
    const { first, above } = this.#blocks[Math.floor(index / BLOCK)];
    return first + above[index % BLOCK];
  }
}
