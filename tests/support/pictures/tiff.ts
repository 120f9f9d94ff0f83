/** A TIFF of one strip or tile, by hand. */

/** Tags of a TIFF and their numbers: shorts, or longs where one is large. */
export type Tags = Record<number, readonly number[]>;

/**
 * Returns a TIFF of little numbers whose one strip is `strip`. `tags` go before those of 8-bit RGB in 10x10.
 */
export function tiffOf(strip: Uint8Array, tags: Tags): Uint8Array {
  const all: Tags = {
    256: [10],
    257: [10],
    258: [8, 8, 8],
    262: [2],
    273: [8],
    277: [3],
    279: [strip.length],
    ...tags,
  };
  const entries = Object.entries(all), start = 8 + strip.length + strip.length % 2;
  let behind = start + 2 + 12 * entries.length + 4;
  const bytes = new Uint8Array(behind + 2 * entries.reduce((sum, [, values]) => sum + values.length, 0));
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0]);
  view.setUint32(4, start, true);
  bytes.set(strip, 8);
  view.setUint16(start, entries.length, true);
  for (const [index, [tag, values]] of entries.entries()) {
    const at = start + 2 + 12 * index, isLong = values.length === 1 && values[0] > 0xffff;
    view.setUint16(at, Number(tag), true);
    view.setUint16(at + 2, isLong ? 4 : 3, true);
    view.setUint32(at + 4, values.length, true);
    if (isLong) view.setUint32(at + 8, values[0], true);
    const to = values.length > 2 ? behind : at + 8;
    if (to === behind) {
      view.setUint32(at + 8, behind, true);
      behind += 2 * values.length;
    }
    if (!isLong) values.forEach((value, place) => view.setUint16(to + 2 * place, value, true));
  }
  return bytes;
}
