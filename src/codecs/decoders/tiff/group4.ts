import { VitrailError } from "../../../errors.ts";
import { CODE_BITS, MODES, RUNS, SHORT_RUNS } from "./group4_codes.ts";

/**
 * Fills `out` with the lines of a fax of group 4, a bit a pixel, and returns how many bytes it gave.
 *
 * A line is its changes: where it becomes black, white again, and so on. Source: ITU-T T.6.
 *
 * @param width pixels of a line
 * @throws {VitrailError} `decode`, where a code is none, or a run does not fit its line.
 */
export function fillByGroup4(out: Uint8Array, packed: Uint8Array, width: number): number {
  const bits = new Bits(packed), lineBytes = Math.ceil(width / 8);
  let filled = 0, above: number[] = [];
  for (; filled < out.length; filled += lineBytes) {
    above = changesOf(bits, above, width);
    if (bits.areSpent) return filled;
    drawLine(out.subarray(filled, filled + lineBytes), above);
  }
  return filled;
}

/** Reads the changes of the next line, from those of the line above. */
function changesOf(bits: Bits, above: readonly number[], width: number): number[] {
  const changes: number[] = [];
  let at = 0; // pixels of the line so far
  let colour = 0; // of the next pixel: 0 is white
  let index = 0; // of the next change above that is to the other colour
  while (at < width) {
    index = Math.max(index - 1, 0);
    if (index % 2 !== colour) index++;
    // Before a line's first pixel, a change at 0 is still ahead.
    while (index < above.length && (above[index] < at || above[index] === at && at > 0)) index += 2;
    const next = above[index] ?? width, mode = bits.coded(MODES, 7);
    if (mode === "pass") {
      at = above[index + 1] ?? width;
    } else if (mode === "runs") {
      for (const run of [bits.run(colour), bits.run(1 - colour)]) changes.push(at += run);
    } else {
      const change = next + mode;
      if (change < at || change === at && at > 0) throw damaged();
      changes.push(at = change);
      colour = 1 - colour;
    }
    if (at > width) throw damaged();
  }
  return changes;
}

/** Sets the bits of a line's black pixels. */
function drawLine(line: Uint8Array, changes: readonly number[]): void {
  for (let index = 0; index < changes.length; index += 2) {
    const end = changes[index + 1] ?? line.length * 8;
    for (let x = changes[index]; x < end; x++) line[x >> 3] |= 0x80 >> (x & 7);
  }
}

/** A strip's bits, from the highest one of its first byte on. */
class Bits {
  #at = 0;

  constructor(readonly bytes: Uint8Array) {}

  /** True once more bits were read than there are. */
  get areSpent(): boolean {
    return this.#at > this.bytes.length * 8;
  }

  /** Reads the next code of at most `most` bits, and returns what it stands for. */
  coded<Value>(codes: ReadonlyMap<number, Value>, most: number): Value {
    for (let code = 1, read = 0; read < most; read++) {
      code = code << 1 | this.bytes[this.#at >> 3] >> (7 - (this.#at & 7)) & 1;
      this.#at++;
      const value = codes.get(code);
      if (value !== undefined) return value;
    }
    throw damaged();
  }

  /** Reads the pixels of a run: long ones, then a short one that ends it. */
  run(colour: number): number {
    const part = this.coded(RUNS[colour], CODE_BITS);
    return part < SHORT_RUNS ? part : part + this.run(colour);
  }
}

function damaged(): VitrailError {
  return new VitrailError("decode", "its fax data is damaged");
}
