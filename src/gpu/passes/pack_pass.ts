import { type Dtype, ELEMENT_BYTES } from "../../plan/dtype.ts";
import type { Recorder } from "../device/recorder.ts";
import { struct } from "../device/uniforms.ts";
import { FORMAT } from "../element_words.ts";
import { INVOCATIONS } from "../invocations.ts";

/** The uniform of shaders/pack.wgsl. */
export const PackParams = struct({ count: "u32", width: "u32" });

/** Most words that a line of the grid covers. */
const MOST_WORDS = 1 << 16;

/**
 * Records the packing of `count` floats into a dtype's elements, in as many dispatches as bindings are
 * needed.
 */
export function recordPack(
  recorder: Recorder,
  dtype: Dtype,
  floats: GPUBuffer,
  packed: GPUBuffer,
  count: number,
): void {
  const elementBytes = ELEMENT_BYTES[dtype];
  // A binding begins at a multiple of 256 bytes in both buffers.
  const step = Math.floor(recorder.device.limits.maxStorageBufferBindingSize / 1024) * 256;
  for (let from = 0; from < count; from += step) {
    const own = Math.min(step, count - from), words = Math.ceil(own * elementBytes / 4);
    const width = Math.min(words, MOST_WORDS);
    const input = { buffer: floats, offset: from * 4, size: own * 4 };
    const output = { buffer: packed, offset: from * elementBytes, size: words * 4 };
    const groups = [Math.ceil(width / INVOCATIONS), Math.ceil(words / width), 1] as const;
    recorder.dispatch(
      "pack",
      { FORMAT: FORMAT[dtype] },
      PackParams.bytes({ count: own, width }),
      [input, output],
      groups,
    );
  }
}
