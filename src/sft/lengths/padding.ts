/**
 * Returns the tokens that batches of samples are padded to, for each real token: 1 where nothing is padded.
 *
 * A batch is drawn at random, without putting back, and is padded to its longest sample. The result is the
 * mean over all batches that there can be. Of n samples in ascending order the i-th, from 1, is the longest
 * of `C(i - 1, size - 1)` batches of `C(n, size)`.
 *
 * @param ascending the samples' tokens, in ascending order; at least one sample
 * @param size the samples of a batch; where there are fewer, all of them are one batch
 */
export function paddedShare(ascending: ArrayLike<number>, size: number): number {
  const count = ascending.length, batch = Math.min(size, count);
  if (batch === 1) return 1;
  let share = batch / count, longest = 0, total = 0;
  for (let i = count; i > 0; i--) {
    longest += share * ascending[i - 1];
    total += ascending[i - 1];
    share *= Math.max(0, i - batch) / Math.max(1, i - 1);
  }
  return longest / (total / count);
}
