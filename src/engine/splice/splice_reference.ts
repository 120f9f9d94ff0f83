import { resolveLayout } from "../../layout/layout.ts";
import { parsePattern } from "../../layout/pattern.ts";
import { ELEMENT_BYTES, type Elements } from "../../plan/dtype.ts";
import type { HostRows } from "../../plan/output_rows.ts";
import { rearrange } from "../../reference/rearrange.ts";
import { requireLengths, type SplicePlan } from "./splice_plan.ts";
import type { Operand, SpliceDtype, SpliceWork } from "./splice_work.ts";

/**
 * The pattern that puts tiles `[r q, …]` of patches together, four patches to a token, in lines of tokens.
 */
const MERGED = parsePattern("(r q) (h a) (w b) c -> (r h) (q w) (a b c)");

/** The values to splice, in row-major order; all three arrays have one type. */
export interface SplicedValues<T extends Elements> {
  /** `[rows, N, C]`. */
  features: T;
  /** `[4C]`. */
  newline: T;
  /** `[4C]`. */
  separator: T;
}

/**
 * Splices values as the Python code spells it: each picture's global view merged, the separator, its tiles
 * merged, a newline after every line of tokens. Returns the tokens `[total, 4C]`, and how many of them each
 * picture came to.
 * Source: InternLM-XComposer `build_mlp.py`, `CLIPVisionTower.forward`.
 */
export function splice<T extends Elements>(
  plan: SplicePlan,
  { features, newline, separator }: SplicedValues<T>,
): { tokens: T; lengths: number[] } {
  const width = 4 * plan.channels; // elements of a token
  const row = plan.side * plan.side * width; // elements of a row of features
  const pieces: T[] = [], lengths: number[] = [];
  for (const { grid: [h, w], row: first } of plan.pictures) {
    const tiles = first + 1, end = tiles + h * w;
    const own = [
      ...lines(plan, features.subarray(first * row, tiles * row) as T, [1, 1], newline),
      separator,
      ...lines(plan, features.subarray(tiles * row, end * row) as T, [h, w], newline),
    ];
    lengths.push(own.reduce((sum, piece) => sum + piece.length, 0) / width);
    pieces.push(...own);
  }
  return { tokens: joined(pieces), lengths };
}

/** Yields the lines of tokens of `h × w` tiles, and a newline after each. */
function* lines<T extends Elements>(
  { side, channels }: SplicePlan,
  tiles: T,
  [h, w]: readonly [number, number],
  newline: T,
): Generator<T> {
  const shape = [h * w, 2 * side, 2 * side, channels];
  const merged = rearrange(tiles, resolveLayout(MERGED, shape, { r: h, a: 2, b: 2 }));
  const line = w * side * 4 * channels;
  for (let at = 0; at < merged.length; at += line) {
    yield merged.subarray(at, at + line) as T;
    yield newline;
  }
}

function joined<T extends Elements>(pieces: readonly T[]): T {
  const total = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const all = new (pieces[0].constructor as new (length: number) => T)(total);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece as never, at);
    at += piece.length;
  }
  return all;
}

/**
 * Splices work whose operands lie in CPU memory, and returns all tokens as one range of rows.
 * @throws {VitrailError} `shape` where a picture came to another count of tokens than planned.
 */
export function spliceOnReference({ plan, dtype, ...operands }: SpliceWork): HostRows {
  const { tokens, lengths } = splice(plan, {
    features: elementsOf(operands.features, dtype),
    newline: elementsOf(operands.newline, dtype),
    separator: elementsOf(operands.separator, dtype),
  });
  requireLengths(plan, lengths);
  const data = new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength);
  const shape = [plan.total, 4 * plan.channels];
  return { output: "tokens", dtype, row: 0, shape, bytes: data.length, data };
}

/** Returns an operand's elements as their bits, since moving floats may change those of a NaN. */
function elementsOf(operand: Operand, dtype: SpliceDtype): Uint32Array | Uint16Array {
  const { bytes } = operand as { bytes: Uint8Array }; // without a device every operand is in CPU memory
  const width = ELEMENT_BYTES[dtype];
  const { buffer, byteOffset, length } = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  return width === 4
    ? new Uint32Array(buffer, byteOffset, length / 4)
    : new Uint16Array(buffer, byteOffset, length / 2);
}
