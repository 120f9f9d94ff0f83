import type { Size } from "../../plan/geometry.ts";
import { pixelBytes, type StoredPicture } from "../../plan/stored_picture.ts";
import type { Recorder } from "../device/recorder.ts";
import type { Span } from "./jobs.ts";

/** A rectangle of stored pixels. */
export interface Rect extends Size {
  left: number;
  top: number;
}

/** Pixels of a picture that go up together, three bytes each or four, as they are stored. */
export interface Upload {
  picture: StoredPicture;
  rect: Rect;
}

/** Returns the words that an upload takes. */
export function uploadWords({ picture, rect }: Upload): number {
  return Math.ceil(rect.width * rect.height * pixelBytes(picture) / 4);
}

/** The uploads of a batch's pictures: equal rectangles of one picture go up once. */
export class Uploads {
  readonly #known = new Map<StoredPicture, Upload[]>();

  /**
   * Returns the upload that holds a rectangle of a picture: all of it where most of its lines are wanted, so
   * that views share it, or whole lines, which need no copy on the host; where `mostBound` words do not hold
   * these, the rectangle alone.
   */
  of(picture: StoredPicture, rect: Rect, mostBound: number): Upload {
    const { width, height } = picture, known = this.#known.get(picture) ?? [];
    this.#known.set(picture, known);
    const whole = { left: 0, top: 0, width, height }, lines = { ...rect, left: 0, width };
    const wanted = [...rect.height * 2 > height ? [whole] : [], lines, rect];
    const taken = wanted.find((own) => uploadWords({ picture, rect: own }) <= mostBound) ?? rect;
    const same = known.find(({ rect: { left, top, width, height } }) =>
      left === taken.left && top === taken.top && width === taken.width && height === taken.height
    );
    if (same) return same;
    const upload = { picture, rect: taken };
    known.push(upload);
    return upload;
  }
}

/** Uploads pixels to some words of a buffer. */
export function upload(recorder: Recorder, { picture, rect }: Upload, { buffer, from }: Span): void {
  const { queue } = recorder.device, bytes = bytesOf(picture, rect), whole = bytes.length - bytes.length % 4;
  if (whole > 0) queue.writeBuffer(buffer, from * 4, bytes, 0, whole);
  if (whole === bytes.length) return;
  const last = new Uint8Array(4); // a write takes whole words
  last.set(bytes.subarray(whole));
  queue.writeBuffer(buffer, from * 4 + whole, last);
}

/** Returns the bytes of a rectangle: the picture's own where it is as wide as that. */
function bytesOf(picture: StoredPicture, { left, top, width, height }: Rect): Uint8Array<ArrayBuffer> {
  const data = picture.data as Uint8Array<ArrayBuffer>, bytes = pixelBytes(picture);
  const storedLine = picture.width * bytes, line = width * bytes;
  if (width === picture.width) return data.subarray(top * storedLine, (top + height) * storedLine);
  const own = new Uint8Array(line * height);
  for (let y = 0; y < height; y++) {
    const from = (top + y) * storedLine + left * bytes;
    own.set(data.subarray(from, from + line), y * line);
  }
  return own;
}
