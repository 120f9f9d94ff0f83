import type { MadeRows } from "./pixel_rows.ts";
import { RowSpool } from "./row_spool.ts";
import type { Unit } from "./unit.ts";

/**
 * The rows of a shard's outputs, as they are written: one output after another.
 *
 * A unit is made once, also where it fills several outputs. Rows of those that are asked for later wait in
 * files of their own, since they may take more than memory.
 */
export class ShardRows {
  readonly #spools = new Map<string, RowSpool>();

  /**
   * Creates the rows of `units`.
   * @param make yields the rows of some units, in order
   * @param pathOf returns the path of an output's file until its rows are asked for
   */
  constructor(
    readonly units: readonly Unit[],
    readonly make: (units: readonly Unit[]) => AsyncIterable<MadeRows>,
    readonly pathOf: (output: string) => string,
  ) {}

  /**
   * Yields the bytes of an output's rows, one unit after another. They are free once the next are asked for.
   * @throws {VitrailError} what `make` throws; `io` where rows cannot be kept.
   */
  async *of(output: string): AsyncGenerator<Uint8Array> {
    const spool = this.#spools.get(output);
    if (spool) return yield* spool.pieces();
    const together = this.#filledWith(output);
    for (const other of together) {
      if (other !== output) this.#spools.set(other, await RowSpool.open(this.pathOf(other)));
    }
    const own = this.units.filter(({ kinds }) => Object.keys(kinds).some((name) => together.has(name)));
    for await (const rows of this.make(own)) {
      for (const [name, bytes] of Object.entries(rows)) await this.#spools.get(name)?.add(bytes);
      if (output in rows) yield rows[output];
    }
  }

  /** Returns an output and those that some unit fills beside it, and so on from each of these. */
  #filledWith(output: string): Set<string> {
    const together = new Set([output]);
    for (let before = 0; before < together.size;) {
      before = together.size;
      for (const { kinds } of this.units) {
        const names = Object.keys(kinds);
        if (names.some((name) => together.has(name))) { for (const name of names) together.add(name); }
      }
    }
    return together;
  }

  /** Removes the files. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const spool of this.#spools.values()) await spool[Symbol.asyncDispose]();
  }
}
