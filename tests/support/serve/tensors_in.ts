import { decodeHeader } from "../../../src/formats/safetensors_header.ts";

/** Returns the tensors of a safetensors file by name: what each is, and its bytes in the file. */
export function tensorsIn(
  file: Uint8Array<ArrayBuffer>,
): Record<string, { facts: string; bytes: Uint8Array }> {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true)), start = 8 + length;
  const json = new TextDecoder().decode(file.subarray(8, start));
  const { places } = decodeHeader(json, file.length - start);
  return Object.fromEntries(places.map(({ name, dtype, shape, begin, end }) => {
    return [name, { facts: `${dtype} [${shape}]`, bytes: file.subarray(start + begin, start + end) }];
  }));
}
