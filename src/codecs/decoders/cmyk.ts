/**
 * Converts CMYK bytes `[n, 4]` (0 is no ink) to RGBA as Pillow's `convert("RGB")` does, without a colour
 * profile: `r = 255 − k − c·(255 − k)/255`, rounded.
 *
 * Source: Pillow `src/libImaging/Convert.c`, `cmyk2rgb`, and `ImagingUtils.h`, `MULDIV255`.
 */
export function rgbaOfCmyk(cmyk: Uint8Array): Uint8Array {
  const rgba = new Uint8Array(cmyk.length);
  for (let at = 0; at < cmyk.length; at += 4) {
    const light = 255 - cmyk[at + 3];
    for (let ink = 0; ink < 3; ink++) {
      const product = cmyk[at + ink] * light + 128;
      rgba[at + ink] = light - ((product >> 8) + product >> 8);
    }
    rgba[at + 3] = 255;
  }
  return rgba;
}
