/**
 * Composites RGBA bytes `[n, 4]` over white, in place, and makes them opaque.
 *
 * The rounding is Pillow's: `t = v·a + 255·(255 − a) + 128`, then `(t + (t >> 8)) >> 8`. For every value and
 * alpha it gives the bytes of `Image.paste` with a mask, and of `Image.alpha_composite`.
 *
 * Source: Pillow `src/libImaging/Paste.c`, `BLEND`.
 */
export function compositeOverWhite(rgba: Uint8Array): void {
  for (let at = 0; at < rgba.length; at += 4) {
    const alpha = rgba[at + 3];
    if (alpha === 255) continue;
    const white = 255 * (255 - alpha) + 128;
    for (let channel = at; channel < at + 3; channel++) {
      const sum = rgba[channel] * alpha + white;
      rgba[channel] = (sum >> 8) + sum >> 8;
    }
    rgba[at + 3] = 255;
  }
}
