/** Returns RGB bytes as RGBA ones, which are opaque. */
export function rgbaOf(rgb: Uint8Array | Uint8ClampedArray): Uint8Array {
  const rgba = new Uint8Array(rgb.length / 3 * 4);
  for (let at = 0; at < rgba.length; at++) {
    rgba[at] = at % 4 === 3 ? 255 : rgb[Math.floor(at / 4) * 3 + at % 4];
  }
  return rgba;
}
