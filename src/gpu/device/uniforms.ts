/** One field of a WGSL struct: a 32-bit word's byte offset apart, as i32, u32 or f32. */
export type Word = { i32: number } | { u32: number } | { f32: number };

/** A uniform struct's bytes: the words in order. */
export function params(...words: Word[]): ArrayBuffer {
  const bytes = new ArrayBuffer(Math.ceil(words.length / 4) * 16);
  const view = new DataView(bytes);
  for (const [index, word] of words.entries()) {
    const at = index * 4;
    if ("i32" in word) view.setInt32(at, word.i32, true);
    else if ("u32" in word) view.setUint32(at, word.u32, true);
    else view.setFloat32(at, word.f32, true);
  }
  return bytes;
}

/** A signed word. */
export const i32 = (value: number): Word => ({ i32: value });
/** An unsigned word. */
export const u32 = (value: number): Word => ({ u32: value });
/** A float word. */
export const f32 = (value: number): Word => ({ f32: value });
