/** One chunk of a PNG or a WebP: `bytes.subarray(start, end)` is its data. */
export interface FileChunk {
  type: string;
  start: number;
  end: number;
}

/** The chunks of a PNG, in file order; the last may end past the bytes, where those were cut short. */
export function* pngChunks(bytes: Uint8Array): Generator<FileChunk> {
  const view = dataViewOf(bytes);
  for (let at = 8; at + 8 <= bytes.length;) {
    const start = at + 8;
    const end = start + view.getUint32(at);
    yield { type: fourCharacters(bytes, at + 4), start, end };
    at = end + 4;
  }
}

/** The chunks of a WebP, in file order; the last may end past the bytes, where those were cut short. */
export function* webpChunks(bytes: Uint8Array): Generator<FileChunk> {
  const view = dataViewOf(bytes);
  for (let at = 12; at + 8 <= bytes.length;) {
    const start = at + 8;
    const end = start + view.getUint32(at + 4, true);
    yield { type: fourCharacters(bytes, at), start, end };
    at = end + end % 2;
  }
}

/** A DataView of all of `bytes`. */
export function dataViewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function fourCharacters(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
