/** Arrays shorter than this, in bytes, are no pixels and no results. */
const LEAST = 1 << 12;

/**
 * Counts the bytes that `TypedArray.set` copies from now on, those of long arrays alone.
 * @returns a function that gives the bytes so far
 */
export function countSets(): () => number {
  let bytes = 0;
  const prototype = Object.getPrototypeOf(Uint8Array.prototype), { set } = prototype;
  prototype.set = function (this: Uint8Array, source: ArrayLike<number>, at?: number) {
    if (ArrayBuffer.isView(source) && source.byteLength >= LEAST) bytes += source.byteLength;
    return set.call(this, source, at);
  };
  return () => bytes;
}
