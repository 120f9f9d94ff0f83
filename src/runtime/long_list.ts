/** The entries of a part. */
const PART = 1024;

/** The most entries of a list that is made in one piece: megabytes take as long as a slice. */
const ONE_PIECE = 2 ** 15;

/**
 * A list that may become long. It grows part by part. A plain list is copied as a whole whenever it grows,
 * and its thread stands still so long.
 */
export class LongList<T> {
  readonly #parts: T[][] = [];
  #length = 0;

  /** The number of entries. */
  get length(): number {
    return this.#length;
  }

  /** Appends an entry. */
  push(entry: T): void {
    if (this.#length % PART === 0) this.#parts.push([]);
    this.#parts[this.#parts.length - 1].push(entry);
    this.#length++;
  }

  /** Returns an entry. */
  at(index: number): T {
    return this.#parts[Math.floor(index / PART)][index % PART];
  }

  /** Returns all entries: as a plain list, or where they are many as one that only reads. */
  list(): T[] {
    if (this.#length <= ONE_PIECE) return this.#parts.flat();
    return readingList(this.#length, (index) => this.at(index));
  }
}

/**
 * Returns a list whose entries are made when they are read first, and kept. It only reads, but for a short
 * one, which is a plain list and made at once.
 */
export function listOnDemand<T>(length: number, make: (index: number) => T): T[] {
  if (length <= PART) return Array.from({ length }, (_, index) => make(index));
  const parts: T[][] = [];
  return readingList(length, (index) => {
    const part = parts[Math.floor(index / PART)] ??= [];
    return part[index % PART] ??= make(index);
  });
}

/** Returns a list that cannot be changed, and whose entries `at` gives. */
function readingList<T>(length: number, at: (index: number) => T): T[] {
  const isIndex = (key: string | symbol) => {
    const index = typeof key === "string" ? Number(key) : -1;
    return index >= 0 && index < length && Number.isInteger(index) && String(index) === key;
  };
  const valueOf = (key: string | symbol, list: T[]) =>
    isIndex(key) ? at(Number(key)) : key === "length" ? length : Reflect.get(list, key);
  return new Proxy<T[]>([], {
    get: (list, key) => valueOf(key, list),
    has: (list, key) => isIndex(key) || Reflect.has(list, key),
    ownKeys: () => [...Array.from({ length }, (_, index) => String(index)), "length"],
    getOwnPropertyDescriptor: (list, key) => {
      const own = isIndex(key) || key === "length";
      const value = own ? valueOf(key, list) : undefined;
      return own
        ? { value, writable: true, enumerable: key !== "length", configurable: key !== "length" }
        : undefined;
    },
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
  });
}
