import { type Box, wholeOf } from "../../plan/geometry.ts";
import { pixelBytes, type StoredPicture } from "../../plan/stored_picture.ts";
import type { Recorder } from "../device/recorder.ts";
import type { Span } from "./jobs.ts";

/** A box of a picture's stored pixels that go up together, three bytes each or four, as they are stored. */
export interface Upload {
  picture: StoredPicture;
  box: Box;
}

/** Returns the words that an upload takes. */
export function uploadWords({ picture, box: { left, top, right, bottom } }: Upload): number {
  return Math.ceil((right - left) * (bottom - top) * pixelBytes(picture) / 4);
}

/** The uploads of a batch's pictures: equal boxes of one picture go up once. */
export class Uploads {
  readonly #known = new Map<StoredPicture, Upload[]>();

  /**
   * Returns the upload that holds a box of a picture: all of it where most of its lines are wanted, so that
   * views share it, or whole lines, which need no copy on the host; where `mostBound` words do not hold
   * these, the box alone.
   */
  of(picture: StoredPicture, box: Box, mostBound: number): Upload {
    const known = this.#known.get(picture) ?? [], whole = wholeOf(picture);
    this.#known.set(picture, known);
    const lines = { ...whole, top: box.top, bottom: box.bottom };
    const wanted = [...(box.bottom - box.top) * 2 > picture.height ? [whole] : [], lines, box];
    const taken = wanted.find((box) => uploadWords({ picture, box }) <= mostBound) ?? box;
    const sides = ["left", "top", "right", "bottom"] as const;
    const same = known.find(({ box }) => sides.every((side) => box[side] === taken[side]));
    if (same) return same;
    const upload = { picture, box: taken };
    known.push(upload);
    return upload;
  }
}

/** Uploads pixels to some words of a buffer. */
export function upload(recorder: Recorder, { picture, box }: Upload, { buffer, from }: Span): void {
  const { queue } = recorder.device, bytes = bytesOf(picture, box), whole = bytes.length - bytes.length % 4;
  if (whole > 0) queue.writeBuffer(buffer, from * 4, bytes, 0, whole);
  if (whole === bytes.length) return;
  const last = new Uint8Array(4); // a write takes whole words
  last.set(bytes.subarray(whole));
  queue.writeBuffer(buffer, from * 4 + whole, last);
}

/** Returns the bytes of a box: the picture's own where it is as wide as that. */
function bytesOf(picture: StoredPicture, { left, top, right, bottom }: Box): Uint8Array<ArrayBuffer> {
  const data = picture.data as Uint8Array<ArrayBuffer>, bytes = pixelBytes(picture);
  const storedLine = picture.width * bytes, line = (right - left) * bytes;
  if (line === storedLine) return data.subarray(top * storedLine, bottom * storedLine);
  const own = new Uint8Array(line * (bottom - top));
  for (let y = top; y < bottom; y++) {
    const from = y * storedLine + left * bytes;
    own.set(data.subarray(from, from + line), (y - top) * line);
  }
  return own;
}
