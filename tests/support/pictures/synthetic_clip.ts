import type { StoredPicture } from "../../../src/plan/stored_picture.ts";
import { drawnPicture, type Synthetic } from "./synthetic.ts";

/** A clip that a formula describes exactly: frame `i` is the picture, its columns rolled right by `3 · i`. */
export interface SyntheticClip extends Synthetic {
  frames: number;
}

/** Returns a clip's frames as executors take them. */
export function syntheticClip({ frames, ...source }: SyntheticClip): StoredPicture[] {
  const still = drawnPicture(source);
  return Array.from({ length: frames }, (_, frame) => rolled(still, frame * 3 % source.w));
}

/** Returns a picture whose columns stand `by` further to the right; those that leave it come in again. */
function rolled(picture: StoredPicture, by: number): StoredPicture {
  const line = picture.width * 4, data = new Uint8Array(picture.data.length), from = line - by * 4;
  for (let start = 0; start < data.length; start += line) {
    data.set(picture.data.subarray(start, start + from), start + by * 4);
    data.set(picture.data.subarray(start + from, start + line), start);
  }
  return { ...picture, data };
}
