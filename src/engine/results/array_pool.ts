/** Arrays shorter than this, in bytes, are not worth keeping. */
const LEAST = 1 << 16;

/** The most that memory is longer than what it is taken for: where it may be kept for long, and where not. */
const MOST_LONGER = 1.25, MOST_LONGER_BRIEFLY = 4;

/**
 * Keeps the CPU memory of results that were disposed of for later ones: the first touch of a page costs
 * several times the copy into it. An array that is given back is detached, so that whoever still holds it
 * sees no other result's elements.
 */
export class ArrayPool {
  readonly #idle: ArrayBuffer[] = [];
  #idleBytes = 0;
  #limit: number;

  /**
   * Creates a pool that keeps at most `limit` bytes for later.
   * @param brief true where all arrays come back soon. One that is made then takes the place of others, so
   * that together they take no more than four times the bytes that were once taken at one time.
   */
  constructor(limit: number, readonly brief = false) {
    this.#limit = limit;
  }

  /**
   * Returns an array of `bytes`, its content undefined. The memory behind it may be a quarter longer, and
   * four times as long in a brief pool.
   * @throws {RangeError} where no array can be so long.
   */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    const buffer = this.#takeIdle(bytes);
    if (buffer) return new Uint8Array(buffer, 0, bytes);
    if (this.brief) this.#keepWithin(this.#idleBytes - bytes);
    return new Uint8Array(bytes);
  }

  /**
   * Frees an array of about `bytes`, where one is kept, for an allocation of as many that follows at once and
   * is not ours to make: malloc then gives it the same pages.
   */
  makeRoom(bytes: number): void {
    this.#takeIdle(bytes)?.transfer(0);
  }

  /** Takes the shortest memory that is kept, of `bytes` or as much more as may be. */
  #takeIdle(bytes: number): ArrayBuffer | undefined {
    const most = bytes * (this.brief ? MOST_LONGER_BRIEFLY : MOST_LONGER);
    const fitting = this.#idle.filter(({ byteLength }) => byteLength >= bytes && byteLength <= most);
    if (fitting.length === 0) return undefined;
    const buffer = fitting.reduce((a, b) => b.byteLength < a.byteLength ? b : a);
    this.#idle.splice(this.#idle.indexOf(buffer), 1);
    this.#idleBytes -= buffer.byteLength;
    return buffer;
  }

  /** Gives an array's memory back: the array, and every other view of it, is empty from now on. */
  give(array: Uint8Array<ArrayBuffer>): void {
    if (array.buffer.detached) return; // its holder has given it to somebody else, such as a worker
    const buffer = array.buffer.transfer();
    if (buffer.byteLength < LEAST || buffer.byteLength > this.#limit) return freeNow(buffer);
    this.#idle.push(buffer);
    this.#idleBytes += buffer.byteLength;
    this.#keepWithin(this.#limit);
  }

  /** Frees the oldest memory that is kept, until there is no more than so many bytes of it. */
  #keepWithin(bytes: number): void {
    while (this.#idleBytes > Math.max(bytes, 0)) {
      const oldest = this.#idle.shift()!;
      this.#idleBytes -= oldest.byteLength;
      freeNow(oldest);
    }
  }

  /** Frees all that is kept, and all that is given back from now on. */
  close(): void {
    this.#limit = 0;
    this.#keepWithin(0);
  }
}

/** Frees memory at once. V8 may leave such garbage until it is a tenth of all arrays. */
function freeNow(buffer: ArrayBuffer): void {
  buffer.transfer(0);
}
