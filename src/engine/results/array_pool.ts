/** Arrays shorter than this, in bytes, are not worth keeping. */
const LEAST = 1 << 16;

/**
 * Keeps the CPU memory of results that were disposed of for later ones: the first touch of a page costs
 * several times the copy into it. An array that is given back is detached, so that whoever still holds it
 * sees no other result's elements.
 */
export class ArrayPool {
  readonly #idle: ArrayBuffer[] = [];
  #idleBytes = 0;
  #limit: number;

  /** Creates a pool that keeps at most `limit` bytes for later. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Returns an array of `bytes`, its content undefined. The memory behind it may be a quarter longer.
   * @throws {RangeError} where no array can be so long.
   */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    const buffer = this.#takeIdle(bytes);
    return buffer ? new Uint8Array(buffer, 0, bytes) : new Uint8Array(bytes);
  }

  /**
   * Frees an array of about `bytes`, where one is kept, for an allocation of as many that follows at once and
   * is not ours to make: malloc then gives it the same pages.
   */
  makeRoom(bytes: number): void {
    this.#takeIdle(bytes)?.transfer(0);
  }

  /** Takes memory of `bytes`, or a quarter more, that is kept. */
  #takeIdle(bytes: number): ArrayBuffer | undefined {
    const index = this.#idle.findIndex(({ byteLength }) => byteLength >= bytes && byteLength <= bytes * 1.25);
    if (index < 0) return undefined;
    const [buffer] = this.#idle.splice(index, 1);
    this.#idleBytes -= buffer.byteLength;
    return buffer;
  }

  /** Gives an array's memory back: the array, and every other view of it, is empty from now on. */
  give(array: Uint8Array<ArrayBuffer>): void {
    if (array.buffer.detached) return; // its holder has given it to somebody else, such as a worker
    const buffer = array.buffer.transfer();
    if (buffer.byteLength < LEAST) return;
    if (buffer.byteLength > this.#limit) return freeNow(buffer);
    this.#idle.push(buffer);
    this.#idleBytes += buffer.byteLength;
    this.#keepWithinLimit();
  }

  #keepWithinLimit(): void {
    while (this.#idleBytes > this.#limit) {
      const oldest = this.#idle.shift()!;
      this.#idleBytes -= oldest.byteLength;
      freeNow(oldest);
    }
  }

  /** Frees all that is kept, and all that is given back from now on. */
  close(): void {
    this.#limit = 0;
    this.#keepWithinLimit();
  }
}

/** Frees memory at once. V8 may leave such garbage until it is a tenth of all arrays. */
function freeNow(buffer: ArrayBuffer): void {
  buffer.transfer(0);
}
