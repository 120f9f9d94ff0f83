import { lengthOf, type Range } from "../plan/geometry.ts";
import type { Arena } from "./arena.ts";

/**
 * Some lines of an image at a time, in the arena. A band that is worked on after another reads some of its
 * lines again: those stay, and only the others are made.
 *
 *     held      ├──────────────┤
 *     next           ├──────────────┤
 *     moved          ├─────────┤          to the window's start
 *     made                     ├────┤     behind them
 */
export class LineWindow {
  readonly #address: number;
  #held: Range = { from: 0, to: 0 };

  /**
   * A window of lines of `stride` bytes.
   * @param capacity the most lines that are held at once
   * @param make makes lines that the window lacks at an address
   */
  constructor(
    readonly arena: Arena,
    readonly stride: number,
    capacity: number,
    readonly make: (lines: Range, address: number) => void,
  ) {
    this.#address = arena.take((capacity + 1) * stride); // an odd count of taps reads a line more
  }

  /**
   * Holds some lines, each band's no earlier than those of the one before; returns where line 0 would lie.
   */
  hold(lines: Range): number {
    const { arena, stride } = this;
    const kept = Math.max(0, this.#held.to - lines.from);
    if (kept > 0) {
      const from = this.#address + (lines.from - this.#held.from) * stride;
      arena.bytes.copyWithin(this.#address, from, from + kept * stride);
    }
    const missing = { from: lines.from + kept, to: lines.to };
    if (lengthOf(missing) > 0) this.make(missing, this.#address + kept * stride);
    this.#held = { from: lines.from, to: Math.max(lines.to, lines.from + kept) };
    return this.#address - lines.from * stride;
  }

  /** Gives its memory back. */
  close(): void {
    this.arena.give(this.#address);
  }
}
