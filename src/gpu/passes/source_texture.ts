import { lengthOf, type Point, type Range, type Size } from "../../plan/geometry.ts";
import { type StoredPicture, storedPixel, uprightSize } from "../../plan/stored_picture.ts";
import type { Recorder } from "../device/recorder.ts";
import type { Block } from "./blocks.ts";
import { mat3 } from "npm:wgpu-matrix@3.4.2";

/** A canvas that stays on the device for other views: packed RGBA words, `stride` a row. */
export interface DeviceCanvas extends Size {
  buffer: GPUBuffer;
  stride: number;
}

/** What a placement reads: stored pixels in CPU memory, or a canvas on the device. */
export type Origin = StoredPicture | DeviceCanvas;

/** A block's source texture, and the matrix from working source pixels to its texels. */
export interface SourceTexture {
  texture: GPUTexture;
  toTexel: Float32Array;
}

/** An origin's upright size. */
export function originSize(origin: Origin): Size {
  return "stride" in origin ? origin : uprightSize(origin, origin.orientation);
}

/** Uploads (or copies) the stored rectangle that a block reads into a texture of its own. */
export function sourceTexture(
  recorder: Recorder,
  origin: Origin,
  block: Block,
  transposed: boolean,
): SourceTexture {
  const toStored = workingToStored(origin, transposed);
  const { columns, rows } = block.source;
  const a = pointThrough(toStored, columns.from, rows.from);
  const b = pointThrough(toStored, columns.to - 1, rows.to - 1);
  const left = Math.min(a.x, b.x), top = Math.min(a.y, b.y);
  const width = Math.abs(a.x - b.x) + 1, height = Math.abs(a.y - b.y) + 1;
  const texture = recorder.texture(width, height);
  if ("stride" in origin) copyCanvas(recorder, origin, texture, { left, top, width, height });
  else upload(recorder, origin, texture, { left, top, width, height });
  const toTexel = mat3.multiply(mat3.translation([-left, -top]), toStored) as Float32Array;
  return { texture, toTexel };
}

function workingToStored(origin: Origin, transposed: boolean): Float32Array {
  const stored = "stride" in origin ? storedPixel(origin, 1) : storedPixel(origin, origin.orientation);
  const { a, b, c, d, e, f } = stored;
  const upright = transposed ? [b, e, a, d] : [a, d, b, e];
  return mat3.create(upright[0], upright[1], 0, upright[2], upright[3], 0, c, f, 1) as Float32Array;
}

function pointThrough(m: Float32Array, x: number, y: number): Point {
  return { x: m[0] * x + m[4] * y + m[8], y: m[1] * x + m[5] * y + m[9] };
}

interface Rect extends Size {
  left: number;
  top: number;
}

function upload(recorder: Recorder, picture: StoredPicture, texture: GPUTexture, rect: Rect): void {
  const layout = { offset: (rect.top * picture.width + rect.left) * 4, bytesPerRow: picture.width * 4 };
  const data = picture.data as Uint8Array<ArrayBuffer>;
  recorder.device.queue.writeTexture({ texture }, data, layout, [rect.width, rect.height]);
}

function copyCanvas(recorder: Recorder, canvas: DeviceCanvas, texture: GPUTexture, rect: Rect): void {
  const offset = (rect.top * canvas.stride + rect.left) * 4;
  const source = { buffer: canvas.buffer, offset, bytesPerRow: canvas.stride * 4 };
  recorder.command((encoder) => encoder.copyBufferToTexture(source, { texture }, [rect.width, rect.height]));
}

/** The words of some of a canvas's rows. */
export function bindingOf({ buffer, stride }: DeviceCanvas, rows: Range): GPUBufferBinding {
  return { buffer, offset: rows.from * stride * 4, size: lengthOf(rows) * stride * 4 };
}
