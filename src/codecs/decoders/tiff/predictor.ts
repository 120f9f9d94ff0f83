import { dataViewOf } from "../../headers/binary.ts";
import type { TiffKind } from "./tiff_kind.ts";

/** Adds to each sample the one a pixel before it, in place. Source: TIFF 6.0, section 14. */
export function addDifferences(
  block: Uint8Array,
  lineBytes: number,
  { bits, samples, little }: TiffKind,
): void {
  const view = dataViewOf(block), step = bits / 8 * samples;
  for (let line = 0; line < block.length; line += lineBytes) {
    for (let at = line + step; at < line + lineBytes; at += bits / 8) {
      if (bits === 8) block[at] += block[at - step];
      else view.setUint16(at, view.getUint16(at, little) + view.getUint16(at - step, little), little);
    }
  }
}
