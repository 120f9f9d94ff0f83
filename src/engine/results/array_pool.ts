/** ArrayPool below this many bytes are not worth keeping. */
const LEAST = 1 << 16;

/**
 * CPU memory that results lie in, used again: the first touch of a page costs several times the copy into it. What is given
 * back is detached, so that no array that is still held can show another result's elements.
 */
export class ArrayPool {
  readonly #idle: ArrayBuffer[] = [];
  #idleBytes = 0;
  #limit: number;

  /** Keeps at most `limit` bytes for later. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * An array of `bytes`, its content undefined; the memory behind it may be a quarter longer.
   * @throws {RangeError} where no array can be so long.
   */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    const index = this.#idle.findIndex(({ byteLength }) => byteLength >= bytes && byteLength <= bytes * 1.25);
    if (index < 0) return new Uint8Array(bytes);
    const [buffer] = this.#idle.splice(index, 1);
    this.#idleBytes -= buffer.byteLength;
    return new Uint8Array(buffer, 0, bytes);
  }

  /** Gives an array's memory back: the array, and every other view of it, is empty from now on. */
  give(array: Uint8Array<ArrayBuffer>): void {
    if (array.buffer.detached) return; // its holder has given it to somebody else, such as a worker
    const buffer = array.buffer.transfer();
    if (buffer.byteLength < LEAST || buffer.byteLength > this.#limit) return;
    this.#idle.push(buffer);
    this.#idleBytes += buffer.byteLength;
    while (this.#idleBytes > this.#limit) this.#idleBytes -= this.#idle.shift()!.byteLength;
  }

  /** Frees what is kept, and what is given back from now on. */
  close(): void {
    this.#idle.length = this.#idleBytes = this.#limit = 0;
  }
}
