import type { Size } from "../../plan/geometry.ts";
import type { StoredPicture } from "../../plan/stored_picture.ts";
import type { Recorder } from "../device/recorder.ts";
import { struct } from "../device/uniforms.ts";
import { INVOCATIONS } from "../invocations.ts";

/** The uniform of shaders/unpack.wgsl. */
export const UnpackParams = struct({
  size: "vec2u",
  top: "u32",
  pitch: "u32",
});

/** A rectangle of stored pixels. */
export interface Rect extends Size {
  left: number;
  top: number;
}

/** Bytes of an RGB pixel. */
const RGB = 3;

/**
 * Uploads a rectangle of an RGB picture, and records its unpacking into a texture. Whole lines go up, in as
 * many buffers as bindings are needed.
 */
export function recordUnpack(
  recorder: Recorder,
  { width, data }: StoredPicture,
  texture: GPUTexture,
  rect: Rect,
): void {
  const pitch = width * RGB, binding = recorder.device.limits.maxStorageBufferBindingSize;
  const most = Math.max(1, Math.floor(binding / pitch) - 1); // lines of a binding, with room for whole words
  for (let top = 0; top < rect.height; top += most) {
    const lines = Math.min(most, rect.height - top);
    const from = ((rect.top + top) * width + rect.left) * RGB;
    const packed = uploadedBytes(recorder, data, from, from + (lines - 1) * pitch + rect.width * RGB);
    const uniform = UnpackParams.bytes({ size: [rect.width, lines], top, pitch });
    recorder.dispatch("unpack", {}, uniform, [packed, texture], [
      Math.ceil(rect.width / INVOCATIONS),
      lines,
      1,
    ]);
  }
}

/** Uploads some bytes of an array, in whole words: the last bytes may take a write of their own. */
function uploadedBytes(recorder: Recorder, data: Uint8Array, from: number, to: number): GPUBufferBinding {
  const { queue } = recorder.device, bytes = data as Uint8Array<ArrayBuffer>;
  const size = Math.ceil((to - from) / 4) * 4, buffer = recorder.buffer("storage", size);
  const there = Math.min(size, Math.floor((data.length - from) / 4) * 4);
  if (there > 0) queue.writeBuffer(buffer, 0, bytes, from, there);
  if (there < size) {
    const last = new Uint8Array(4);
    last.set(bytes.subarray(from + there, to));
    queue.writeBuffer(buffer, there, last);
  }
  return { buffer, size };
}
