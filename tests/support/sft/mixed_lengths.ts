import { PythonRandom } from "../../../src/sft/data/python_random.ts";

/**
 * The sources of a mixture: their share of all samples, the median of their tokens, and how far they spread.
 */
const SOURCES: readonly (readonly [share: number, median: number, spread: number])[] = [
  [0.35, 900, 0.5], // a picture and a few questions
  [0.15, 3200, 0.5], // a conversation about several pictures
  [0.1, 4500, 0.4], // pages of documents
  [0.05, 7000, 0.4], // clips
  [0.25, 350, 0.9], // texts alone
  [0.1, 320, 0.2], // a small picture and one word
];

/** Returns the token counts of a mixed set's samples, the same for the same seed, each `most` at most. */
export function mixedLengths(count: number, most: number, seed = 1): number[] {
  const generator = new PythonRandom(seed), random = () => generator.below(2 ** 30) / 2 ** 30;
  return Array.from({ length: count }, () => {
    let at = random();
    const [, median, spread] = SOURCES.find(([share]) => (at -= share) < 0) ?? SOURCES[0];
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.min(most, Math.max(1, Math.round(median * Math.exp(spread * normal))));
  });
}
