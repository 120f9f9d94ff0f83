import { VitrailError } from "../errors.ts";
import { byteLengthOf, encodeHeader, type TensorInfo } from "./safetensors_header.ts";

/** A tensor to be written; `data` are its elements in row-major order, at once or in pieces. */
export interface TensorSource extends TensorInfo {
  readonly data: ArrayBufferView | Iterable<ArrayBufferView> | AsyncIterable<ArrayBufferView>;
}

/**
 * Returns the bytes of a safetensors file in order: the header, and then each tensor's data.
 *
 * @throws {VitrailError} `shape`, at once or at the first tensor whose data are too short or too long.
 */
export function safetensorsPieces(
  tensors: readonly TensorSource[],
  metadata: Readonly<Record<string, string>> = {},
): AsyncIterable<Uint8Array> {
  // Lengths that are known are checked before the disk is touched.
  for (const tensor of tensors) {
    if (ArrayBuffer.isView(tensor.data)) checkLength(tensor, tensor.data.byteLength);
  }
  const { bytes, places } = encodeHeader(tensors, metadata);
  const sources = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  return piecesOf(bytes, places.map((place) => sources.get(place.name)!));
}

/**
 * Yields the header, and then each tensor's bytes; throws at the first tensor that is too short or too long.
 */
async function* piecesOf(header: Uint8Array, tensors: readonly TensorSource[]): AsyncGenerator<Uint8Array> {
  yield header;
  for (const tensor of tensors) {
    let given = 0;
    for await (const piece of ArrayBuffer.isView(tensor.data) ? [tensor.data] : tensor.data) {
      given += piece.byteLength;
      if (given > byteLengthOf(tensor)) checkLength(tensor, given);
      yield new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
    }
    checkLength(tensor, given);
  }
}

/** Refuses a tensor that is given other than the bytes that its shape asks for. */
function checkLength(tensor: TensorInfo, given: number): void {
  const expected = byteLengthOf(tensor);
  if (given === expected) return;
  const kind = `${tensor.dtype} of shape [${tensor.shape.join(", ")}]`;
  const found = given > expected ? `${given} or more` : `${given}`;
  throw new VitrailError(
    "shape",
    `tensor ${tensor.name}, ${kind}, takes ${expected} bytes; its data have ${found}`,
  );
}
