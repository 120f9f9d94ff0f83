import { VitrailError } from "../errors.ts";
import { writeAtomically } from "./atomic_write.ts";
import { type StoredData, viewOf } from "./stored_dtype.ts";
import { ioError } from "./io_error.ts";
import {
  byteLengthOf,
  decodeHeader,
  encodeHeader,
  LONGEST_HEADER,
  type TensorInfo,
  type TensorPlace,
} from "./safetensors_header.ts";

/** A tensor to be written; `data` are its elements in row-major order, at once or in pieces. */
export interface TensorSource extends TensorInfo {
  readonly data: ArrayBufferView | Iterable<ArrayBufferView> | AsyncIterable<ArrayBufferView>;
}

/** A tensor as read. */
export interface StoredTensor extends Omit<TensorInfo, "name"> {
  /** Its elements in row-major order. */
  readonly data: StoredData;
}

/** A safetensors file as read. */
export interface SafetensorsFile {
  /** The tensors by name, in the order of their data. */
  readonly tensors: Map<string, StoredTensor>;
  readonly metadata: Record<string, string>;
}

/**
 * Writes a safetensors file, which appears under its name only when whole. Pieces of a tensor are asked for one after
 * another and not kept; the tensors come in the header's order, those with the widest elements first.
 *
 * @throws {VitrailError} `io` where the file cannot be written, `shape` where a tensor's data are not as long as its
 * shape says, and whatever the source of the data throws.
 */
export async function writeSafetensors(
  path: string,
  tensors: readonly TensorSource[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeAtomically(path, safetensorsChunks(tensors, metadata));
}

/**
 * The bytes of a safetensors file in order: the header, and then each tensor's data.
 *
 * @throws {VitrailError} `shape`, at once or at the first tensor whose data are too short or too long.
 */
export function safetensorsChunks(
  tensors: readonly TensorSource[],
  metadata: Readonly<Record<string, string>> = {},
): AsyncIterable<Uint8Array> {
  // What can be known of the lengths is checked before the disk is touched.
  for (const tensor of tensors) {
    if (ArrayBuffer.isView(tensor.data)) checkLength(tensor, tensor.data.byteLength);
  }
  const { bytes, places } = encodeHeader(tensors, metadata);
  const sources = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  return chunksOf(bytes, places.map((place) => sources.get(place.name)!));
}

/** The header, and then each tensor's bytes; stops at the first tensor that is too short or too long. */
async function* chunksOf(header: Uint8Array, tensors: readonly TensorSource[]): AsyncGenerator<Uint8Array> {
  yield header;
  for (const tensor of tensors) {
    let given = 0;
    for await (const view of ArrayBuffer.isView(tensor.data) ? [tensor.data] : tensor.data) {
      given += view.byteLength;
      if (given > byteLengthOf(tensor)) checkLength(tensor, given);
      yield new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    }
    checkLength(tensor, given);
  }
}

/** Holds the bytes given for a tensor against those that its shape asks for. */
function checkLength(tensor: TensorInfo, given: number): void {
  const expected = byteLengthOf(tensor);
  if (given === expected) return;
  throw new VitrailError(
    "shape",
    `tensor ${tensor.name}, ${tensor.dtype} of shape [${
      tensor.shape.join(", ")
    }], takes ${expected} bytes; ` +
      `its data have ${given}${given > expected ? " or more" : ""}`,
  );
}

/**
 * Reads a safetensors file whole.
 *
 * @throws {VitrailError} `io` where the file cannot be read or is not what the format asks for.
 */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  try {
    using file = await Deno.open(path, { read: true });
    const { size, isFile } = await file.stat();
    if (!isFile) throw new VitrailError("io", `it is not a file`);
    const { places, metadata } = await readHeader(file, size);
    const tensors = new Map<string, StoredTensor>();
    for (const place of places) tensors.set(place.name, await readTensor(file, place));
    return { tensors, metadata };
  } catch (error) {
    // Deeper down nothing knows the path; here every error gets it.
    if (!(error instanceof VitrailError)) throw ioError("read", path, error);
    throw new VitrailError("io", `cannot read ${path} as safetensors: ${error.message}`, {
      cause: error.cause,
    });
  }
}

/** Reads and checks the header of a file of `size` bytes; leaves the file at its data. */
async function readHeader(file: Deno.FsFile, size: number): Promise<Decoded> {
  if (size < 8) throw new VitrailError("io", `its ${size} bytes are fewer than the 8 of the header's length`);
  const first = new DataView((await readExactly(file, 8)).buffer);
  const length = Number(first.getBigUint64(0, true));
  if (length > Math.min(size - 8, LONGEST_HEADER)) {
    throw new VitrailError("io", `its header would be ${length} bytes long, and ${size - 8} bytes follow`);
  }
  let json: string;
  try {
    json = new TextDecoder("utf-8", { fatal: true }).decode(await readExactly(file, length));
  } catch (error) {
    if (error instanceof VitrailError) throw error;
    throw new VitrailError("io", `its header is not UTF-8`, { cause: error });
  }
  return decodeHeader(json, size - 8 - length);
}

type Decoded = ReturnType<typeof decodeHeader>;

/** The tensor that comes next in the file. */
async function readTensor(file: Deno.FsFile, place: TensorPlace): Promise<StoredTensor> {
  const bytes = await readExactly(file, place.end - place.begin);
  return { dtype: place.dtype, shape: place.shape, data: viewOf(place.dtype, bytes.buffer) };
}

/** The next `length` bytes of a file, in a buffer of their own: so any element type may be viewed in them. */
async function readExactly(file: Deno.FsFile, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const count = await file.read(bytes.subarray(at));
    if (count === null) throw new VitrailError("io", `it ends ${length - at} bytes early`);
    at += count;
  }
  return bytes;
}
