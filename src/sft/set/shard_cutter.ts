import { Buffer } from "node:buffer";
import type { Dtype } from "../../plan/dtype.ts";
import type { PlannedSample } from "./planned_sample.ts";
import { bytesOfUnit, rowsOfUnit } from "./unit.ts";

/** The size that a shard may grow to: a count of samples, or of bytes of pixels, text and tokens. */
export type ShardSize = { readonly samples: number } | { readonly bytes: number };

/** The samples of one shard: a range of positions in the mixture, less the samples that are skipped. */
export interface ShardRange {
  /** The first position. */
  readonly from: number;
  /** The position after the last. */
  readonly to: number;
  /** The count of samples. */
  readonly samples: number;
  /** The count of its units: pictures and clips, each once. */
  readonly pictures: number;
  /** The count of its units' rows: tiles or patches. */
  readonly tiles: number;
  /** Bytes of pixels, text and tokens. */
  readonly bytes: number;
  /** The time of the last change to a file of its pictures, in ms since 1970. */
  readonly changed: number;
}

/** Bytes of a token: its id, its label, and its place in the pictures' mask. */
const TOKEN_BYTES = 8 + 8 + 1;

/**
 * The cut of a set's samples into shards. A shard is closed before the sample that would make it too large. A
 * sample that is larger than a shard has one of its own.
 */
export class ShardCutter {
  readonly #shards: ShardRange[] = [];
  #open = emptyShard(0);

  /** Creates the cut into shards of at most `size`, of a set that stores pixels as `dtype`. */
  constructor(readonly size: ShardSize, readonly dtype: Dtype) {}

  /** Puts the next sample into the open shard, or into a new one. */
  add(sample: PlannedSample): void {
    if (this.#open.samples > 0 && !this.#fits(sample)) this.#cut(sample.position);
    const open = this.#open;
    open.bytes += this.#bytesAdded(sample);
    open.samples++;
    for (const unit of sample.units) {
      if (!open.keys.has(unit.key)) open.tiles += rowsOfUnit(unit);
      open.keys.add(unit.key);
      for (const { changed } of unit.files) open.changed = Math.max(open.changed, changed);
    }
  }

  #fits(sample: PlannedSample): boolean {
    return "samples" in this.size
      ? this.#open.samples < this.size.samples
      : this.#open.bytes + this.#bytesAdded(sample) <= this.size.bytes;
  }

  /** Returns the bytes that a sample adds to the open shard. */
  #bytesAdded({ units, text, json, row }: PlannedSample): number {
    const fresh = units.filter(({ key }) => !this.#open.keys.has(key));
    const added = new Map(fresh.map((unit) => [unit.key, unit]));
    const tokenBytes = (row?.ids.length ?? 0) * TOKEN_BYTES;
    const textBytes = Buffer.byteLength(text) + Buffer.byteLength(json);
    return added.values().reduce(
      (bytes, unit) => bytes + bytesOfUnit(unit, this.dtype),
      textBytes + tokenBytes,
    );
  }

  #cut(to: number): void {
    const { keys, ...range } = this.#open;
    this.#shards.push({ ...range, to, pictures: keys.size });
    this.#open = emptyShard(to);
  }

  /** Closes the last shard at the end of `length` samples, and returns all shards. */
  finish(length: number): ShardRange[] {
    this.#cut(length);
    return this.#shards;
  }
}

/** Returns a shard without samples yet; `keys` are those of its units. */
function emptyShard(from: number) {
  return { from, samples: 0, tiles: 0, bytes: 0, changed: 0, keys: new Set<string>() };
}
