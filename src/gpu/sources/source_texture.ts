import { lengthOf, type Point, type Range, type Size } from "../../plan/geometry.ts";
import { pixelBytes, type StoredPicture, storedPixel, uprightSize } from "../../plan/stored_picture.ts";
import type { Recorder } from "../device/recorder.ts";
import type { Block } from "../passes/blocks.ts";
import { recordUnpack, type Rect } from "./unpack_pass.ts";
import { type Affine, multiplied, translation } from "../../plan/matrix.ts";

/** A canvas that stays on the device for other views, as words of packed RGBA. */
export interface DeviceCanvas extends Size {
  buffer: GPUBuffer;
  /** Words from one line to the next. */
  stride: number;
}

/** The pixels that a placement reads: stored ones in CPU memory, or a canvas on the device. */
export type Origin = StoredPicture | DeviceCanvas;

/** The source rectangle of a block in a texture. */
export interface SourceTexture {
  texture: GPUTexture;
  /** The matrix from source pixels in the working frame to texels. */
  toTexel: Affine;
}

/** Returns an origin's upright size. */
export function originSize(origin: Origin): Size {
  return "stride" in origin ? origin : uprightSize(origin, origin.orientation);
}

/**
 * Uploads, or copies on the device, the rectangle that a block reads into a texture of its own, as it is
 * stored. The matrix to its texels applies the rest: transposition, orientation, and the rectangle's origin.
 *
 *     working pixel ──transposed?──▶ upright ──orientation──▶ stored ──minus the corner──▶ texel
 */
export function sourceTexture(
  recorder: Recorder,
  origin: Origin,
  block: Block,
  transposed: boolean,
): SourceTexture {
  const toStored = workingToStored(origin, transposed);
  const { columns, lines } = block.source;
  const a = pointThrough(toStored, columns.from, lines.from);
  const b = pointThrough(toStored, columns.to - 1, lines.to - 1);
  const left = Math.min(a.x, b.x), top = Math.min(a.y, b.y);
  const width = Math.abs(a.x - b.x) + 1, height = Math.abs(a.y - b.y) + 1;
  const texture = recorder.texture(width, height);
  if ("stride" in origin) copyCanvas(recorder, origin, texture, { left, top, width, height });
  else upload(recorder, origin, texture, { left, top, width, height });
  const toTexel = multiplied(translation(-left, -top), toStored);
  return { texture, toTexel };
}

/** Returns the matrix from working pixels to stored ones. */
function workingToStored(origin: Origin, transposed: boolean): Affine {
  const stored = "stride" in origin ? storedPixel(origin, 1) : storedPixel(origin, origin.orientation);
  const { a, b, c, d, e, f } = stored;
  const [first, second] = transposed ? [[b, e], [a, d]] : [[a, d], [b, e]];
  return Float32Array.of(...first, 0, 0, ...second, 0, 0, c, f, 1, 0);
}

function pointThrough(m: Affine, x: number, y: number): Point {
  return { x: m[0] * x + m[4] * y + m[8], y: m[1] * x + m[5] * y + m[9] };
}

function upload(recorder: Recorder, picture: StoredPicture, texture: GPUTexture, rect: Rect): void {
  if (pixelBytes(picture) === 3) return recordUnpack(recorder, picture, texture, rect);
  const lines = { offset: (rect.top * picture.width + rect.left) * 4, bytesPerRow: picture.width * 4 };
  const data = picture.data as Uint8Array<ArrayBuffer>;
  recorder.device.queue.writeTexture({ texture }, data, lines, [rect.width, rect.height]);
}

function copyCanvas(recorder: Recorder, canvas: DeviceCanvas, texture: GPUTexture, rect: Rect): void {
  const offset = (rect.top * canvas.stride + rect.left) * 4;
  const source = { buffer: canvas.buffer, offset, bytesPerRow: canvas.stride * 4 };
  recorder.command((encoder) => encoder.copyBufferToTexture(source, { texture }, [rect.width, rect.height]));
}

/** Returns some of a canvas's lines as a binding. */
export function bindingOf({ buffer, stride }: DeviceCanvas, lines: Range): GPUBufferBinding {
  return { buffer, offset: lines.from * stride * 4, size: lengthOf(lines) * stride * 4 };
}
