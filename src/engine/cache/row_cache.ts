import { LRUCache } from "npm:lru-cache@11.5.3";

/** The rows that an image fills, by output, one after another. */
export type ImageRows = Readonly<Record<string, Uint8Array>>;

/** The counts of an engine's cache. */
export interface CacheCounts {
  /** Pictures, and clips, that were there when they were asked for. */
  readonly hits: number;
  /** Those that were not. */
  readonly misses: number;
  /** Those that are there now. */
  readonly entries: number;
  /** Bytes that they take. */
  readonly bytes: number;
  /** Bytes that they may take. */
  readonly most: number;
}

/** The rows of images that were made before, of which those that were wanted last are kept. */
export class RowCache {
  readonly #rows: LRUCache<string, ImageRows>;
  #hits = 0;
  #misses = 0;

  /** Creates a cache of so many bytes. */
  constructor(readonly most: number) {
    const sizeCalculation = (rows: ImageRows, key: string) =>
      Object.values(rows).reduce((sum, { byteLength }) => sum + byteLength, key.length);
    this.#rows = new LRUCache({ maxSize: most, sizeCalculation });
  }

  /** Returns an image's rows, which are only to be read; undefined where they are not there. */
  find(key: string): ImageRows | undefined {
    const rows = this.#rows.get(key);
    if (rows) this.#hits++;
    else this.#misses++;
    return rows;
  }

  /** Keeps an image's rows, which are the cache's from then on, unless they are larger than it. */
  keep(key: string, rows: ImageRows): void {
    this.#rows.set(key, rows);
  }

  /** The counts up to now. */
  get counts(): CacheCounts {
    const { size: entries, calculatedSize: bytes } = this.#rows;
    return { hits: this.#hits, misses: this.#misses, entries, bytes, most: this.most };
  }

  /** Frees all rows. */
  clear(): void {
    this.#rows.clear();
  }
}
