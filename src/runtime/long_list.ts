/** The entries of a part. */
const PART = 1024;

/** The most entries of a list that is made in one piece: megabytes take as long as a slice. */
export const ONE_PIECE = 2 ** 15;

/** The functions that give an entry of each list that only reads. */
const readers = new WeakMap<readonly unknown[], (index: number) => unknown>();

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
    const place = this.#length % PART;
    if (place === 0) this.#parts.push(this.#length === 0 ? [] : new Array(PART)); // few entries: less room
    this.#parts[this.#parts.length - 1][place] = entry;
    this.#length++;
  }

  /** Returns an entry. */
  at(index: number): T {
    return this.#parts[Math.floor(index / PART)][index % PART];
  }

  /** Returns all entries: as a plain list, or where they are more than `plain` as one that only reads. */
  list(plain: number = ONE_PIECE): T[] {
    if (this.#length <= plain) return this.#parts.flat(); // which leaves out what was not filled
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

/**
 * Returns a function that gives an entry of a list. A list that only reads is a Proxy, and an index is ten
 * times as slow there.
 */
export function readerOf<T>(list: readonly T[]): (index: number) => T {
  const known = list.length > PART ? readers.get(list) as ((index: number) => T) | undefined : undefined;
  return known ?? ((index) => list[index]);
}

/** Tells if a list is one of those here that only read. */
export function onlyReads(list: readonly unknown[]): boolean {
  return readers.has(list);
}

/** Returns a plain list of a list's entries: the list itself, or a copy where it only reads. */
export function plainList<T>(list: readonly T[]): readonly T[] {
  const at = readers.get(list) as ((index: number) => T) | undefined;
  return at ? Array.from({ length: list.length }, (_, index) => at(index)) : list;
}

/** Returns a list that stays as it is: a copy, or the list itself where it only reads. */
export function ownList<T>(list: readonly T[]): T[] {
  return onlyReads(list) ? list as T[] : list.slice();
}

/** Returns a list that cannot be changed, and whose entries `at` gives. */
function readingList<T>(length: number, at: (index: number) => T): T[] {
  const isIndex = (key: string | symbol) => {
    const index = typeof key === "string" ? Number(key) : -1;
    return index >= 0 && index < length && Number.isInteger(index) && String(index) === key;
  };
  const valueOf = (key: string | symbol, list: T[]) =>
    isIndex(key) ? at(Number(key)) : key === "length" ? length : Reflect.get(list, key);
  const made = new Proxy<T[]>([], {
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
  readers.set(made, at);
  return made;
}
