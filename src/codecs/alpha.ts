import type { AlphaTreatment } from "../plan/preprocessing.ts";

/**
 * Composites RGBA bytes `[n, 4]` over white, in place, and makes them opaque.
 *
 * The rounding of `white` is Pillow's: `t = v·a + 255·(255 − a) + 128`, then `(t + (t >> 8)) >> 8`. For every
 * value and alpha it gives the bytes of `Image.paste` with a mask, and of `Image.alpha_composite`. That of
 * `white-truncated` is numpy's where floats become bytes: `⌊(1 − a/255)·255 + a/255·v⌋`, in f64.
 *
 * Source: Pillow `src/libImaging/Paste.c`, `BLEND`; transformers
 * `models/chameleon/image_processing_chameleon.py`, `convert_to_rgb`.
 */
export function compositeOverWhite(
  rgba: Uint8Array,
  treatment: Exclude<AlphaTreatment, "drop"> = "white",
): void {
  const composite = treatment === "white" ? rounded : truncated;
  for (let at = 0; at < rgba.length; at += 4) {
    const alpha = rgba[at + 3];
    if (alpha === 255) continue;
    for (let channel = at; channel < at + 3; channel++) rgba[channel] = composite(rgba[channel], alpha);
    rgba[at + 3] = 255;
  }
}

function rounded(value: number, alpha: number): number {
  const sum = value * alpha + 255 * (255 - alpha) + 128;
  return (sum >> 8) + sum >> 8;
}

function truncated(value: number, alpha: number): number {
  const share = alpha / 255;
  return Math.trunc((1 - share) * 255 + share * value);
}
