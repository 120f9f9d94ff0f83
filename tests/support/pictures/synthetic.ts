import type { StoredPicture } from "../../../src/plan/stored_picture.ts";

/** A picture that a formula describes exactly; goldens name their inputs so. */
export interface Synthetic {
  kind: string;
  w: number;
  h: number;
  seed?: number;
  channels?: number;
}

/** Its bytes, row-major, channels interleaved: `[h, w, channels]`. */
export function synthetic(source: Synthetic): Uint8Array {
  const { kind, w, h, channels = 3 } = source;
  const bytes = new Uint8Array(w * h * channels);
  const value = kind === "noise" ? noise(source.seed ?? 1) : FORMULAS[kind](w, h);
  for (let y = 0, at = 0; y < h; y++) {
    for (let x = 0; x < w; x++) for (let c = 0; c < channels; c++) bytes[at++] = value(x, y, c);
  }
  return bytes;
}

/** Its pixels as executors take them; fewer or more than three channels are the caller's to handle. */
export function syntheticPicture(source: Synthetic): StoredPicture {
  const rgb = synthetic({ ...source, channels: 3 });
  const data = new Uint8Array(source.w * source.h * 4).fill(255);
  for (let i = 0, at = 0; i < rgb.length; i += 3, at += 4) data.set(rgb.subarray(i, i + 3), at);
  return { width: source.w, height: source.h, data, orientation: 1 };
}

/** Returns the same picture, drawn once: goldens name few, again and again. Nobody writes to its pixels. */
export function drawnPicture(source: Synthetic): StoredPicture {
  const key = JSON.stringify(source);
  const picture = drawn.get(key) ?? syntheticPicture(source);
  drawn.set(key, picture);
  return picture;
}

const drawn = new Map<string, StoredPicture>();

type Value = (x: number, y: number, c: number) => number;

const FORMULAS: Record<string, (w: number, h: number) => Value> = {
  mix: () => (x, y, c) => (x * 7 + y * 13 + c * 29 + ((x * y) >> 3)) & 255,
  grad: (w, h) => (x, y, c) => {
    if (c === 0) return Math.floor(x * 255 / Math.max(w - 1, 1));
    if (c === 1) return Math.floor(y * 255 / Math.max(h - 1, 1));
    return Math.floor((x + y) * 255 / Math.max(w + h - 2, 1));
  },
  check: () => (x, y, c) => (((x >> 2) + (y >> 2)) & 1 ? 255 : 0) ^ (c === 2 ? 255 : 0),
  stripe: () => (x, y, c) => (x * 3 + y * 5 + c * 7) % 17 < 3 ? 255 : 0,
};

function noise(seed: number): Value {
  let state = seed >>> 0;
  return () => {
    state = (state ^ state << 13) >>> 0;
    state = (state ^ state >>> 17) >>> 0;
    state = (state ^ state << 5) >>> 0;
    return state >>> 24;
  };
}
