import { VitrailError } from "../../errors.ts";
import type { Layout } from "../../layout/layout.ts";
import type { Elements } from "../../plan/dtype.ts";
import type { Recorder } from "../device/recorder.ts";
import { struct } from "../device/uniforms.ts";
import { INVOCATIONS } from "../invocations.ts";
import type { TableTextures } from "./table_textures.ts";

/** The uniform of shaders/rearrange.wgsl. */
export const RearrangeParams = struct({ lines: "u32", layer: "u32" });

/** Most lines of a layer of the grid: workgroups along an axis. */
const MOST_LINES = 65535;

/** Records the moving of words into the order of a layout's output. */
export function recordRearrange(
  recorder: Recorder,
  tables: TableTextures,
  input: GPUBufferBinding,
  layout: Layout,
  output: GPUBufferBinding,
): void {
  const { columns, lines, count, longest, width } = tables.lines(layout);
  const layer = Math.min(count, MOST_LINES);
  const groups = [Math.ceil(longest / (width * INVOCATIONS)), layer, Math.ceil(count / layer)] as const;
  const uniform = RearrangeParams.bytes({ lines: count, layer });
  recorder.dispatch(`rearrangeBy${width}`, {}, uniform, [columns, lines, input, output], groups);
}

/** Returns a buffer that words of CPU memory are copied into. */
export function uploadedWords(recorder: Recorder, words: Uint32Array): GPUBufferBinding {
  const buffer = recorder.buffer("storage", words.byteLength);
  recorder.device.queue.writeBuffer(buffer, 0, words as Uint32Array<ArrayBuffer>);
  return { buffer, size: words.byteLength };
}

/**
 * Holds the words of both sides of a rearrangement against a binding.
 * @throws {VitrailError} `limit` where one does not hold either.
 */
export function requireBindings(
  { maxStorageBufferBindingSize: limit }: GPUSupportedLimits,
  from: number,
  to: number,
): void {
  if (Math.max(from, to) * 4 <= limit) return;
  throw new VitrailError("limit", `rearranging ${from} elements into ${to} needs more than ${limit} bytes`);
}

/**
 * Returns elements as words: narrower ones as their bits, one in a word, since not every device has such
 * types.
 */
export function wordsOf(elements: Elements): Uint32Array {
  const { buffer, byteOffset, length, BYTES_PER_ELEMENT: width } = elements;
  if (width === 4) return new Uint32Array(buffer, byteOffset, length);
  return Uint32Array.from(
    width === 2 ? new Uint16Array(buffer, byteOffset, length) : elements as Uint8Array,
  );
}

/** Returns words as elements of the type of `like`. */
export function elementsLike<T extends Elements>(like: T, words: Uint32Array): T {
  const width = like.BYTES_PER_ELEMENT;
  const bits = width === 4 ? words : width === 2 ? Uint16Array.from(words) : Uint8Array.from(words);
  const Kind = like.constructor as new (source: ArrayBuffer) => T;
  return new Kind(bits.buffer as ArrayBuffer);
}
