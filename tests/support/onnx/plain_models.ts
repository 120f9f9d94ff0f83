/** The side of a patch that the encoder reads, in pixels. */
export const PATCH = 14;

/** The features of a patch. */
export const CHANNELS = 8;

/** The logits of a token. */
export const LOGITS = 5;

/** The weights of the encoder, `[CHANNELS, 3, PATCH, PATCH]`, and of the model, `[4 * CHANNELS, LOGITS]`. */
export const WEIGHTS = {
  encoder: mixed(CHANNELS * 3 * PATCH * PATCH, 1 / 16),
  model: mixed(4 * CHANNELS * LOGITS, 1),
};

/** Returns values of both signs, no larger than half of `scale`, in which no period of the models shows. */
function mixed(length: number, scale: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => ((i * 37 % 101) / 101 - 0.5) * scale);
}

/**
 * Returns the encoder's features of pixels `[n, 3, side, side]`, summed in f64: `[n, (side / PATCH)²,
 * CHANNELS]`.
 */
export function plainFeatures(pixels: ArrayLike<number>, side: number): Float64Array {
  const grid = Math.floor(side / PATCH), tiles = pixels.length / (3 * side * side);
  const features = new Float64Array(tiles * grid * grid * CHANNELS), weights = WEIGHTS.encoder;
  let at = 0;
  for (let tile = 0; tile < tiles; tile++) {
    for (let patch = 0; patch < grid * grid; patch++) {
      const top = Math.floor(patch / grid) * PATCH, left = (patch % grid) * PATCH;
      for (let channel = 0; channel < CHANNELS; channel++) {
        let sum = 0, weight = channel * 3 * PATCH * PATCH;
        for (let c = 0; c < 3; c++) {
          for (let y = 0; y < PATCH; y++) {
            const line = ((tile * 3 + c) * side + top + y) * side + left;
            for (let x = 0; x < PATCH; x++) sum += pixels[line + x] * weights[weight++];
          }
        }
        features[at++] = sum;
      }
    }
  }
  return features;
}

/** Returns the model's logits of tokens `[1, total, 4 * CHANNELS]`, summed in f64. */
export function plainLogits(tokens: ArrayLike<number>): Float64Array {
  const width = 4 * CHANNELS, total = tokens.length / width;
  const logits = new Float64Array(total * LOGITS);
  for (let token = 0; token < total; token++) {
    for (let i = 0; i < width; i++) {
      const value = tokens[token * width + i];
      for (let logit = 0; logit < LOGITS; logit++) {
        logits[token * LOGITS + logit] += value * WEIGHTS.model[i * LOGITS + logit];
      }
    }
  }
  return logits;
}

/** Returns the largest difference of two lists of numbers, which have one length. */
export function worstOf(made: ArrayLike<number>, right: ArrayLike<number>): number {
  if (made.length !== right.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < made.length; i++) worst = Math.max(worst, Math.abs(made[i] - right[i]));
  return worst;
}
