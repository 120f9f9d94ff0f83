import { VitrailError } from "../errors.ts";

/** Blocks begin at multiples of this many bytes: a vector of WebAssembly. */
const ALIGNMENT = 16;

/** Bytes behind every block that kernels may read and never use. */
const MARGIN = 32;

const PAGE = 1 << 16;

/** A stretch of memory that nobody uses. */
interface Gap {
  from: number;
  to: number;
}

/**
 * The memory of a WebAssembly module, in blocks that are taken and given back. It grows as needed and never
 * shrinks.
 */
export class Arena {
  readonly #memory: WebAssembly.Memory;
  readonly #limit: number;
  readonly #taken = new Map<number, number>(); // a block's address, and where it ends
  #gaps: Gap[]; // by address, never side by side
  #bytes: Uint8Array<ArrayBuffer>;

  /** Hands out what lies behind the module's own data, up to `limit` bytes in all. */
  constructor(memory: WebAssembly.Memory, limit: number) {
    this.#memory = memory;
    this.#limit = limit;
    this.#bytes = new Uint8Array(memory.buffer as ArrayBuffer);
    this.#gaps = [{ from: ALIGNMENT, to: this.#bytes.length }];
  }

  /** All of the memory. A later `take` may detach it: whoever takes asks again. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }

  /** The memory as 32-bit words, under the same condition. */
  get words(): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#bytes.buffer);
  }

  /**
   * Takes a block, its content undefined.
   * @returns its address, in bytes
   * @throws {VitrailError} `limit` where the memory cannot grow so far.
   */
  take(bytes: number): number {
    const size = Math.ceil((bytes + MARGIN) / ALIGNMENT) * ALIGNMENT;
    let gap = this.#gaps.find(({ from, to }) => to - from >= size);
    if (!gap) {
      this.#grow(size);
      gap = this.#gaps.at(-1)!;
    }
    const { from } = gap;
    gap.from += size;
    if (gap.from === gap.to) this.#gaps.splice(this.#gaps.indexOf(gap), 1);
    this.#taken.set(from, from + size);
    return from;
  }

  /** Gives a block back. */
  give(address: number): void {
    const to = this.#taken.get(address)!;
    this.#taken.delete(address);
    const after = this.#gaps.findIndex(({ from }) => from >= to);
    const at = after < 0 ? this.#gaps.length : after;
    const [before, next] = [this.#gaps[at - 1], this.#gaps[at]];
    const joinsBefore = before?.to === address, joinsNext = next?.from === to;
    if (joinsBefore && joinsNext) {
      before.to = next.to;
      this.#gaps.splice(at, 1);
    } else if (joinsBefore) before.to = to;
    else if (joinsNext) next.from = address;
    else this.#gaps.splice(at, 0, { from: address, to });
  }

  /** Takes more memory from the system, so that the last gap has at least `size` bytes. */
  #grow(size: number): void {
    const end = this.#bytes.length, last = this.#gaps.at(-1);
    const open = last?.to === end ? last : undefined;
    const missing = size - (open ? open.to - open.from : 0);
    const pages = Math.ceil(missing / PAGE);
    if (end + pages * PAGE > this.#limit) throw limitError(size, this.#limit);
    try {
      this.#memory.grow(pages);
    } catch (cause) {
      throw limitError(size, this.#limit, cause);
    }
    this.#bytes = new Uint8Array(this.#memory.buffer as ArrayBuffer);
    if (open) open.to = this.#bytes.length;
    else this.#gaps.push({ from: end, to: this.#bytes.length });
  }
}

function limitError(size: number, limit: number, cause?: unknown): VitrailError {
  return new VitrailError(
    "limit",
    `a block of ${size} bytes does not fit the ${limit} bytes that WebAssembly has here; ` +
      `ask for smaller pictures, or for another executor`,
    { cause },
  );
}
