/** CPython's constants of a tuple's hash. */
const PRIME_1 = 11400714785074694791n, PRIME_2 = 14029467366897019727n, PRIME_5 = 2870177450012600261n;

/** The slots of a set of four elements or fewer. */
const SLOTS = 8;

/**
 * Returns pairs of whole numbers, none below 0, in the order in which Python's `list(set(pairs))` gives them.
 * Equal pairs are one. Python's `min` takes the first of several that are equally good: so the order decides.
 * Source: CPython `Objects/setobject.c`, `set_add_entry`; `Objects/tupleobject.c`, `tuplehash`.
 * @param pairs four at most; a larger set has more slots
 */
export function inSetOrder(pairs: readonly [number, number][]): [number, number][] {
  const slots: ([number, number] | undefined)[] = Array(SLOTS);
  for (const pair of pairs) {
    let rest = hashOf(pair), slot = Number(rest % 8n);
    while (slots[slot] && slots[slot]!.join() !== pair.join()) {
      rest >>= 5n;
      slot = (slot * 5 + 1 + Number(rest % 8n)) % SLOTS;
    }
    slots[slot] = pair;
  }
  return slots.filter((pair) => pair !== undefined);
}

/** The hash of a tuple of two whole numbers, as an unsigned number of 64 bits. */
function hashOf(pair: readonly [number, number]): bigint {
  let hash = PRIME_5;
  for (const number of pair) {
    hash = BigInt.asUintN(64, hash + BigInt(number) * PRIME_2);
    hash = BigInt.asUintN(64, (hash << 31n) | (hash >> 33n));
    hash = BigInt.asUintN(64, hash * PRIME_1);
  }
  return BigInt.asUintN(64, hash + (2n ^ PRIME_5 ^ 3527539n));
}
