import { CODING, jpegFrame } from "../headers/jpeg_segments.ts";
import { visitBlocks } from "./jpeg_blocks.ts";
import { visitProgressiveBlocks } from "./jpeg_progressive.ts";

/** The sum of a block's coefficients up to which its pixels are in range, whatever their signs. */
const SAFE_SUM = 2040;

/** Pixels, from -512, that libjpeg's table limits to bytes as vectors do. */
const PIXELS = 511;

/** The largest number in vectors of 16 bits, which hold lines four times as large. */
const WORD = 32767, SCALE = 4;

/** `cos((2x + 1) u π / 16)`, `[u, x]`, times the square root of 2 but for u = 0. */
const WAVES = Array.from(
  { length: 8 },
  (_, u) =>
    Array.from(
      { length: 8 },
      (_, x) => (u === 0 ? 1 : Math.SQRT2) * Math.cos((2 * x + 1) * u * Math.PI / 16),
    ),
);

/**
 * Says that a JPEG has a block whose pixels are far from any picture's. libjpeg without vectors,
 * as WebAssembly has it, then gives others than libjpeg with vectors, as Pillow has it: one wraps around, the
 * other stops at the limit.
 *
 * Source: libjpeg-turbo `jidctint.c`, and `simd/x86_64/jidctint-avx2.asm`.
 *
 * @throws {VitrailError} `decode`, where its data is damaged otherwise.
 */
export function outOfRange(bytes: Uint8Array): string | undefined {
  const coding = jpegFrame(bytes)?.coding;
  const isSequential = coding === CODING.BASELINE || coding === CODING.EXTENDED;
  if (!isSequential && coding !== CODING.PROGRESSIVE) return undefined;
  const visitAll = isSequential ? visitBlocks : visitProgressiveBlocks;
  let block = 0, found: number | undefined;
  visitAll(bytes, (coefficients) => {
    block++;
    let sum = 0;
    for (let at = 0; at < 64; at++) sum += Math.abs(coefficients[at]);
    if (sum > SAFE_SUM && !isInRange(coefficients)) found ??= block;
  });
  if (found !== undefined) {
    return `its JPEG data is damaged: block ${found} has pixels beyond black and white`;
  }
}

/** Returns whether a block's pixels, and all numbers on the way to them, are in range. */
function isInRange(coefficients: Int32Array): boolean {
  const lines = new Float64Array(64),
    columnOf = (x: number) => [0, 1, 2, 3, 4, 5, 6, 7].map((v) => coefficients[8 * v + x]);
  for (let u = 0; u < 8; u++) {
    const column = columnOf(u);
    if (largestSum(column) > WORD) return false;
    for (let y = 0; y < 8; y++) {
      lines[8 * y + u] = column.reduce((sum, value, v) => sum + value * WAVES[v][y], 0);
    }
  }
  for (let y = 0; y < 8; y++) {
    const line = [...lines.subarray(8 * y, 8 * y + 8)];
    if (SCALE * largestSum(line) > WORD) return false;
    for (let x = 0; x < 8; x++) {
      const pixel = line.reduce((sum, value, u) => sum + value * WAVES[u][x], 0) / 8;
      if (Math.abs(pixel) > PIXELS - 1) return false;
    }
  }
  return true;
}

/** Returns the largest sum of two of the values, whatever their signs. */
function largestSum(values: number[]): number {
  const [first, second] = values.map(Math.abs).sort((a, b) => b - a);
  return first + second;
}
