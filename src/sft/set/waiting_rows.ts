/**
 * The bytes of a shard's rows that wait in files of their own, as {@linkcode ShardRows} keeps them: those of
 * outputs that some unit fills beside another, but for the output that is written first.
 */
export class WaitingRows {
  readonly #bytes = new Map<string, number>();
  readonly #together = new Set<string>();

  /** Adds the bytes of a unit's rows, by output. */
  add(outputs: readonly (readonly [output: string, bytes: number])[]): void {
    for (const [output, bytes] of outputs) {
      this.#bytes.set(output, (this.#bytes.get(output) ?? 0) + bytes);
      if (outputs.length > 1) this.#together.add(output);
    }
  }

  /** Returns the most bytes that wait at one time; the output that is written first may be the smallest. */
  most(): number {
    const bytes = [...this.#together].map((output) => this.#bytes.get(output)!);
    return bytes.length === 0 ? 0 : bytes.reduce((sum, own) => sum + own) - Math.min(...bytes);
  }
}
