import { VitrailError } from "../../errors.ts";
import { RoomTree } from "./room_tree.ts";

/** The packs that a window's samples would fill, if none had room left. */
const WINDOW_PACKS = 256;

/**
 * Joins samples to packs of at most `capacity` tokens, by first-fit decreasing: the longest sample first,
 * each into the first pack that has room for it. It takes n log n steps, and equal lengths give equal packs.
 *
 * @param lengths the samples' tokens, 1 to `capacity` each
 * @returns the samples of each pack by index, ascending; packs are in the order of their first samples
 * @throws {VitrailError} `usage` for a sample that is longer than a pack, and for a capacity below 1.
 */
export function packsOf(lengths: ArrayLike<number>, capacity: number): number[][] {
  if (!Number.isSafeInteger(capacity) || capacity < 1) {
    throw new VitrailError(
      "usage",
      `a pack's capacity is a whole number of tokens from 1, found ${capacity}`,
    );
  }
  const longestFirst = Array.from(lengths, (_, index) => index)
    .sort((a, b) => lengths[b] - lengths[a] || a - b);
  const rooms = new RoomTree(lengths.length, capacity), packs: number[][] = [];
  for (const index of longestFirst) {
    if (lengths[index] > capacity) throw tooLong(index, lengths[index], capacity);
    (packs[rooms.take(lengths[index])] ??= []).push(index);
  }
  for (const pack of packs) pack.sort((a, b) => a - b);
  return packs.sort(([a], [b]) => a - b);
}

function tooLong(index: number, length: number, capacity: number): VitrailError {
  return new VitrailError("usage", `sample ${index} has ${length} tokens, a pack holds ${capacity} at most`);
}

/**
 * Packs a set in its reading order, a window of samples after the other. A window ends where its tokens would
 * fill 256 packs, and is packed for itself.
 *
 * So memory is bounded, and a pack's samples were near each other in the set, as are those that share a
 * picture. The last pack of a window stays less than full, which costs a part in 256. Windows depend on
 * lengths alone: every machine, and a run that goes on, cuts the same ones.
 */
export class Packer<T extends { readonly length: number }> {
  #window: T[] = [];
  #tokens = 0;

  /** Creates a packer; a pack holds at most `capacity` tokens. */
  constructor(readonly capacity: number) {}

  /**
   * Takes the next sample, of `length` tokens, and returns the packs of its window where that is full.
   * @throws {VitrailError} `usage` for a sample that is longer than a pack.
   */
  add(sample: T): T[][] {
    this.#window.push(sample);
    this.#tokens += sample.length;
    return this.#tokens >= WINDOW_PACKS * this.capacity ? this.finish() : [];
  }

  /** Returns the packs of the samples that are left. */
  finish(): T[][] {
    const window = this.#window;
    this.#window = [];
    this.#tokens = 0;
    const packs = packsOf(window.map(({ length }) => length), this.capacity);
    return packs.map((pack) => pack.map((index) => window[index]));
  }
}
