/** A time that is never negative and sometimes long, by its mean and its deviation. */
export interface Spread {
  readonly mean: number;
  /** The standard deviation. */
  readonly deviation: number;
}

/**
 * Returns draws of the lognormal distribution that has a mean and a deviation.
 * @param random numbers in [0, 1)
 */
export function lognormal({ mean, deviation }: Spread, random: () => number): () => number {
  if (mean === 0) return () => 0;
  const variance = Math.log(1 + (deviation / mean) ** 2), middle = Math.log(mean) - variance / 2;
  return () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random())); // Box and Muller's way to a normal number
    const normal = radius * Math.cos(2 * Math.PI * random());
    return Math.exp(middle + Math.sqrt(variance) * normal);
  };
}

/**
 * Returns the spread of a sum of `count` independent times: means and variances add up. A sum of lognormal
 * times is taken for lognormal itself, which is near where `count` is large (Fenton and Wilkinson).
 */
export function summed({ mean, deviation }: Spread, count: number): Spread {
  return { mean: mean * count, deviation: deviation * Math.sqrt(count) };
}
