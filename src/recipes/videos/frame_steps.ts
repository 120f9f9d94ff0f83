const { fround } = Math;

/** Floats that an AVX2 register holds. Torch's loops step by two registers, and end one by one. */
const LANES = 8;

/**
 * Returns `start`, `start + step`, … below `end`, truncated to whole numbers, as torch computes them in f32
 * on a CPU with AVX2. Its size is computed in f64: where rounding makes that one more, the last is `end`.
 * Source: torch `aten/src/ATen/native/cpu/RangeFactoriesKernel.cpp`, `arange_kernel`; `vec256_float.h`.
 */
export function torchArange(start: number, end: number, step: number): number[] {
  const count = Math.ceil((end - start) / step);
  const vectors = wholeVectors(count);
  return Array.from({ length: count }, (_, i) => {
    const lane = i < vectors ? i % LANES : 0, first = i - lane;
    return Math.trunc(fround(fround(start + step * first) + lane * step));
  });
}

/**
 * Returns `count` whole numbers from 0 to `end`, evenly spaced in f32 and truncated. The second half is
 * counted from the end.
 * Source: torch `aten/src/ATen/native/cpu/RangeFactoriesKernel.cpp`, `linspace_kernel`.
 */
export function torchLinspace(end: number, count: number): number[] {
  if (count === 1) return [0];
  const step = fround(fround(end) / fround(count - 1)), half = Math.floor(count / 2);
  const vectors = wholeVectors(count);
  return Array.from({ length: count }, (_, i) => {
    const lane = i < vectors ? i % LANES : 0, first = i - lane;
    const base = first < half ? fround(step * first) : fround(end - step * (count - 1 - first));
    return Math.trunc(fround(base + fround(lane * step)));
  });
}

/** Returns how many of `count` elements torch computes in pairs of registers. */
function wholeVectors(count: number): number {
  return count - count % (2 * LANES);
}

/**
 * Returns `count` numbers from `start` to `stop`, evenly spaced in f64.
 * Source: numpy `core/function_base.py`, `linspace`.
 */
export function numpyLinspace(start: number, stop: number, count: number): number[] {
  const step = (stop - start) / (count - 1);
  return Array.from({ length: count }, (_, i) => {
    if (count === 1) return start;
    if (i === count - 1) return stop;
    return step === 0 ? start : i * step + start;
  });
}

/** Returns `count` whole numbers from `start` to `stop`, evenly spaced and rounded down. */
export function wholeLinspace(start: number, stop: number, count: number): number[] {
  return numpyLinspace(start, stop, count).map(Math.floor);
}
