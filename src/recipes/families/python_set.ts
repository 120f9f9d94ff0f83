/** CPython's constants of a tuple's hash. */
const PRIME_1 = 11400714785074694791n, PRIME_2 = 14029467366897019727n, PRIME_5 = 2870177450012600261n;

/** The slots of a new set, and how many are looked at after the first of a row. */
const SLOTS = 8, PROBES = 9;

/** A pair of whole numbers. */
type Pair = [number, number];

/** A set's slots, as many as a power of two. */
type Slots = (Pair | undefined)[];

/**
 * Returns pairs of whole numbers, none below 0, in the order in which Python's `list(set(pairs))` gives them.
 * Equal pairs are one. Of several that are equally good Python takes one by its place: so the order decides.
 * Source: CPython `Objects/setobject.c`, `set_add_entry`, `set_table_resize`; `Objects/tupleobject.c`,
 * `tuplehash`.
 * @param pairs 50000 at most; a larger set grows by less
 */
export function inSetOrder(pairs: readonly Pair[]): Pair[] {
  let slots: Slots = Array(SLOTS), used = 0;
  for (const pair of pairs) {
    const slot = slotOf(slots, pair);
    if (slots[slot]) continue;
    slots[slot] = pair;
    used++;
    if (used * 5 >= (slots.length - 1) * 3) slots = grown(slots, used * 4);
  }
  return slots.filter((pair) => pair !== undefined);
}

/** The same pairs in the fewest slots that are more than `least`. */
function grown(slots: Slots, least: number): Slots {
  let length = SLOTS;
  while (length <= least) length *= 2;
  const larger: Slots = Array(length);
  for (const pair of slots) if (pair) larger[slotOf(larger, pair)] = pair;
  return larger;
}

/** The slot of a pair, or the free one that it gets. */
function slotOf(slots: Slots, pair: Pair): number {
  const last = slots.length - 1;
  let rest = hashOf(pair), slot = Number(rest & BigInt(last));
  for (;;) {
    const end = slot + PROBES <= last ? slot + PROBES : slot;
    for (let at = slot; at <= end; at++) {
      const [first, second] = slots[at] ?? pair;
      if (first === pair[0] && second === pair[1]) return at;
    }
    rest >>= 5n;
    slot = Number((BigInt(slot * 5 + 1) + rest) & BigInt(last));
  }
}

/** The hash of a tuple of two whole numbers, as an unsigned number of 64 bits. */
function hashOf(pair: Pair): bigint {
  let hash = PRIME_5;
  for (const number of pair) {
    hash = BigInt.asUintN(64, hash + BigInt(number) * PRIME_2);
    hash = BigInt.asUintN(64, (hash << 31n) | (hash >> 33n));
    hash = BigInt.asUintN(64, hash * PRIME_1);
  }
  return BigInt.asUintN(64, hash + (2n ^ PRIME_5 ^ 3527539n));
}
