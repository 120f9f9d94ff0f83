import { Buffer } from "node:buffer";
import type { PlannedSample } from "./planned_sample.ts";

/** How large a shard may grow: so many samples, or so many bytes of pixels and text. */
export type ShardSize = { readonly samples: number } | { readonly bytes: number };

/** The samples of one shard: positions in the mixture, from and to (exclusive), less those that are skipped. */
export interface ShardRange {
  readonly from: number;
  readonly to: number;
  readonly samples: number;
  /** Pictures that are made for it, each once. */
  readonly pictures: number;
  /** Rows that they become. */
  readonly tiles: number;
  readonly bytes: number;
  /** When the last of its pictures' files was changed, ms since 1970. */
  readonly changed: number;
}

/** Bytes of a token: its id, its label, and whether it is a picture's. */
const ROW_BYTES = 8 + 8 + 1;

/** Closes a shard before the sample that would make it too large; a sample larger than a shard has one of its own. */
export class ShardCutter {
  readonly #shards: ShardRange[] = [];
  #open = openFrom(0);

  /** Shards of at most `size`. */
  constructor(readonly size: ShardSize) {}

  /** Puts the next sample into the open shard, or into a new one. */
  add(sample: PlannedSample): void {
    if (this.#open.samples > 0 && !this.#fits(sample)) this.#cut(sample.position);
    const open = this.#open;
    open.bytes += this.#bytesOf(sample), open.samples++;
    for (const { key, rows, pictures } of sample.units) {
      if (!open.keys.has(key)) open.tiles += rows;
      open.keys.add(key);
      for (const { changed } of pictures) open.changed = Math.max(open.changed, changed);
    }
  }

  #fits(sample: PlannedSample): boolean {
    return "samples" in this.size
      ? this.#open.samples < this.size.samples
      : this.#open.bytes + this.#bytesOf(sample) <= this.size.bytes;
  }

  /** Bytes that a sample adds to the open shard. */
  #bytesOf({ units, text, json, row }: PlannedSample): number {
    const added = new Map(
      units.filter(({ key }) => !this.#open.keys.has(key)).map((unit) => [unit.key, unit]),
    );
    const words = Buffer.byteLength(text) + Buffer.byteLength(json) + (row?.ids.length ?? 0) * ROW_BYTES;
    return added.values().reduce((bytes, unit) => bytes + unit.bytes, words);
  }

  #cut(to: number): void {
    const { keys, ...range } = this.#open;
    this.#shards.push({ ...range, to, pictures: keys.size });
    this.#open = openFrom(to);
  }

  /** Closes the last shard, at the end of so many samples; the result is all of them. */
  finish(length: number): ShardRange[] {
    this.#cut(length);
    return this.#shards;
  }
}

/** A shard without samples yet; `keys` are those of its units. */
function openFrom(from: number) {
  return { from, samples: 0, tiles: 0, bytes: 0, changed: 0, keys: new Set<string>() };
}
