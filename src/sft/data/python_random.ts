/** Words of the generator's state, and the distance between the words that a twist combines. */
const WORDS = 624, SHIFT = 397;

/**
 * Python's random numbers: the Mersenne Twister MT19937, seeded and drawn from as CPython does.
 *
 * A data set that is drawn with it is the one that the reference's own loop draws after `random.seed(seed)`.
 * Source: CPython `Modules/_randommodule.c` (`init_by_array`, `genrand_uint32`) and `Lib/random.py`.
 */
export class PythonRandom {
  readonly #state = new Uint32Array(WORDS);
  #next = WORDS;

  /** Creates the state after `random.seed(seed)`, for a whole number from 0 to 2⁵³ − 1. */
  constructor(seed: number) {
    const high = Math.floor(seed / 2 ** 32);
    this.#seed(high > 0 ? [seed >>> 0, high] : [seed >>> 0]);
  }

  #seed(key: readonly number[]): void {
    const state = this.#state;
    state[0] = 19650218;
    for (let i = 1; i < WORDS; i++) state[i] = Math.imul(1812433253, mixed(state, i)) + i;
    let i = 1, j = 0;
    // Goes round the state, past its first word, which takes the last one's value.
    const step = () => {
      if (++i < WORDS) return;
      state[0] = state[WORDS - 1];
      i = 1;
    };
    for (let left = WORDS; left > 0; left--) {
      state[i] = (state[i] ^ Math.imul(mixed(state, i), 1664525)) + key[j] + j;
      step();
      j = (j + 1) % key.length;
    }
    for (let left = WORDS - 1; left > 0; left--) {
      state[i] = (state[i] ^ Math.imul(mixed(state, i), 1566083941)) - i;
      step();
    }
    state[0] = 0x80000000;
  }

  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < WORDS; i++) {
      const y = state[i] & 0x80000000 | state[(i + 1) % WORDS] & 0x7fffffff;
      state[i] = state[(i + SHIFT) % WORDS] ^ y >>> 1 ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#next = 0;
  }

  #word(): number {
    if (this.#next === WORDS) this.#twist();
    let y = this.#state[this.#next++];
    y ^= y >>> 11;
    y ^= y << 7 & 0x9d2c5680;
    y ^= y << 15 & 0xefc60000;
    return (y ^ y >>> 18) >>> 0;
  }

  /** Draws `random.randrange(count)`: a whole number from 0 to `count` − 1, for counts below 2³². */
  below(count: number): number {
    const bits = 32 - Math.clz32(count);
    let drawn: number;
    do drawn = this.#word() >>> 32 - bits; while (drawn >= count);
    return drawn;
  }

  /** Draws `random.sample(range(count), k)`: `k` different numbers below `count`, in the order drawn. */
  sample(count: number, k: number): number[] {
    const tableSize = 21 + (k > 5 ? 4 ** Math.ceil(Math.log(k * 3) / Math.log(4)) : 0);
    if (count > tableSize) return this.#drawn(count, k);
    const pool = Array.from({ length: count }, (_, index) => index);
    return Array.from({ length: k }, (_, index) => {
      const at = this.below(count - index), taken = pool[at];
      pool[at] = pool[count - index - 1];
      return taken;
    });
  }

  /** Draws a few of many: numbers that were drawn already are drawn again. */
  #drawn(count: number, k: number): number[] {
    const drawn = new Set<number>();
    while (drawn.size < k) drawn.add(this.below(count));
    return [...drawn];
  }
}

/** Returns the word before word `i`, xored with its own highest two bits. */
function mixed(state: Uint32Array, i: number): number {
  return state[i - 1] ^ state[i - 1] >>> 30;
}
