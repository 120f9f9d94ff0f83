import { createHash } from "node:crypto";
import { sha256OfBytes } from "../../formats/sha256.ts";
import type { Dtype } from "../../plan/dtype.ts";
import { bytesOfSample, UNIT_BYTES } from "../shards/sample_bytes.ts";
import type { PlannedSample } from "./planned_sample.ts";
import { type SampleTokens, TokenCounts, tokensOf } from "./token_counts.ts";
import { bytesOfUnit, rowsOfUnit } from "./unit.ts";
import { WaitingRows } from "./waiting_rows.ts";

/** The size that a shard may grow to: a count of samples, or of bytes, of all that it stores of them. */
export type ShardSize = { readonly samples: number } | { readonly bytes: number };

/** The samples of one shard, and what they weigh. */
export interface PlannedShard {
  /** The samples' places in the mixture, in the shard's order. */
  readonly positions: readonly number[];
  /** The same by pack; absent where samples are not packed. */
  readonly packs?: readonly (readonly number[])[];
  /** The count of its units: pictures and clips, each once. */
  readonly pictures: number;
  /** The count of its units' rows: tiles or patches. */
  readonly tiles: number;
  /** Bytes of all that it stores of its samples, but for tables and the header. */
  readonly bytes: number;
  /** The most bytes of rows that wait in files of their own while the shard is written. */
  readonly waiting: number;
  /** The time of the last change to a file of its pictures, in ms since 1970. */
  readonly changed: number;
  /** The sha256 of the marks of its pictures' files, which changes where one is exchanged. */
  readonly marks: string;
  /** The sha256 of the digests of its samples: another machine that finds the same has the same shard. */
  readonly digest: string;
  /** The tokens of its samples, in the order of `positions`. */
  readonly tokens: TokenCounts;
}

/** The shards that a cut kept, and what tells the cut of all of them from others. */
export interface CutShards {
  /** The count of all shards. */
  readonly count: number;
  /** Those that were kept, by number. */
  readonly shards: ReadonlyMap<number, PlannedShard>;
  /** The sha256, in hex, of the samples and sizes of all. */
  readonly sha256: string;
}

/** A sample, as the cut into shards has to know it. */
export interface CutSample {
  /** Its place in the mixture. */
  readonly position: number;
  /** All that decides what a shard holds of it, but for its texts. */
  readonly digest: string;
  /** The count of its tokens; 0 where there is no tokenizer. */
  readonly length: number;
  readonly tokens: SampleTokens;
  /** Bytes of all but its units, by the element type that a set stores. */
  readonly bytes: StoredBytes;
  readonly units: readonly CutUnit[];
}

/** A unit, as the cut into shards has to know it. */
interface CutUnit {
  /** The sha256 of its key, which is ten times as long: a window of packs has thousands of samples. */
  readonly key: string;
  readonly rows: number;
  /** Its bytes, by the element type that a set stores. */
  readonly bytes: StoredBytes;
  /** The same of its rows alone, by the output that they fill. */
  readonly outputs: Readonly<Record<string, StoredBytes>>;
  /** The time of the last change to a file of its pictures, in ms since 1970. */
  readonly changed: number;
  /** The marks of its pictures' files. */
  readonly marks: string;
}

/** Bytes by the element type that a set stores. */
type StoredBytes = Readonly<Partial<Record<Dtype, number>>>;

/** Returns the facts of a sample that the cut into shards needs, for each of `dtypes`. Texts are not kept. */
export function cutSample(sample: PlannedSample, digest: string, dtypes: readonly Dtype[]): CutSample {
  const { position, units, row } = sample;
  const byDtype = (bytesOf: (dtype: Dtype) => number): StoredBytes =>
    Object.fromEntries(dtypes.map((dtype) => [dtype, bytesOf(dtype)]));
  return {
    position,
    digest,
    length: row?.ids.length ?? 0,
    tokens: tokensOf(sample),
    bytes: byDtype((dtype) => bytesOfSample(sample, dtype)),
    units: units.map((unit) => ({
      key: sha256OfBytes(unit.key),
      rows: rowsOfUnit(unit),
      bytes: byDtype((dtype) => bytesOfUnit(unit, dtype) + UNIT_BYTES),
      outputs: Object.fromEntries(
        Object.keys(unit.kinds).map((name) => [name, byDtype((dtype) => bytesOfUnit(unit, dtype, name))]),
      ),
      changed: Math.max(...unit.files.map(({ changed }) => changed)),
      marks: unit.files.map(({ mark = "" }) => mark).join("\n"),
    })),
  };
}

/**
 * The cut of a set's samples into shards. A shard is closed before the samples that would make it too large.
 * A sample, or a pack, that is larger than a shard has one of its own.
 */
export class ShardCutter {
  readonly #shards = new Map<number, PlannedShard>();
  readonly #hash = createHash("sha256");
  #count = 0;
  #open = emptyShard();

  /**
   * Creates the cut into shards of at most `size`, of a set that stores pixels as `dtype`; `packed` says
   * whether samples come in packs, and `keeps` of which shards more is kept than a checksum, by number.
   */
  constructor(
    readonly size: ShardSize,
    readonly dtype: Dtype,
    readonly packed: boolean,
    readonly keeps: (shard: number) => boolean = () => true,
  ) {}

  /** Puts the next samples, which stay together, into the open shard, or into a new one. */
  add(samples: readonly CutSample[]): void {
    if (this.#open.positions.length > 0 && !this.#fit(samples)) this.#cut();
    const open = this.#open;
    open.bytes += this.#bytesAdded(samples);
    open.packs.push(samples.map(({ position }) => position));
    for (const { position, units, digest, tokens } of samples) {
      open.positions.push(position);
      open.hash.update(digest);
      open.tokens.push(tokens);
      for (const { key, rows, changed, marks, outputs } of units) {
        if (!open.keys.has(key)) {
          open.tiles += rows;
          open.marks.push(marks);
          open.waiting.add(Object.entries(outputs).map(([name, bytes]) => [name, bytes[this.dtype]!]));
        }
        open.keys.add(key);
        open.changed = Math.max(open.changed, changed);
      }
    }
  }

  #fit(samples: readonly CutSample[]): boolean {
    return "samples" in this.size
      ? this.#open.positions.length + samples.length <= this.size.samples
      : this.#open.bytes + this.#bytesAdded(samples) <= this.size.bytes;
  }

  /** Returns the bytes that samples add to the open shard. */
  #bytesAdded(samples: readonly CutSample[]): number {
    const added = new Map<string, number>();
    for (const { units } of samples) {
      for (const { key, bytes } of units) if (!this.#open.keys.has(key)) added.set(key, bytes[this.dtype]!);
    }
    const own = samples.reduce((sum, { bytes }) => sum + bytes[this.dtype]!, 0);
    return added.values().reduce((sum, bytes) => sum + bytes, own);
  }

  #cut(): void {
    const { keys, packs, marks, waiting, hash, tokens, changed, ...shard } = this.#open;
    const planned = { ...shard, ...(this.packed && { packs }), pictures: keys.size };
    this.#hash.update(`${JSON.stringify(planned)}\n`);
    const shardNumber = this.#count++;
    if (this.keeps(shardNumber)) {
      this.#shards.set(shardNumber, {
        ...planned,
        changed,
        marks: sha256OfBytes(marks.join("\n")),
        digest: hash.digest("hex"),
        waiting: waiting.most(),
        tokens: new TokenCounts(tokens),
      });
    }
    this.#open = emptyShard();
  }

  /** Closes the last shard, and returns the shards that are kept. */
  finish(): CutShards {
    this.#cut();
    return { count: this.#count, shards: this.#shards, sha256: this.#hash.digest("hex") };
  }
}

/** Returns a shard without samples yet; `keys` are those of its units. */
function emptyShard() {
  const positions: number[] = [], packs: number[][] = [], tokens: SampleTokens[] = [];
  const keys = new Set<string>(), marks: string[] = [];
  const waiting = new WaitingRows(), hash = createHash("sha256");
  return { positions, packs, tiles: 0, bytes: 0, changed: 0, keys, marks, waiting, hash, tokens };
}
