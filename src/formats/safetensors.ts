import { VitrailError } from "../errors.ts";
import { writeAtomically } from "./atomic_write.ts";
import { ioError } from "./io_error.ts";
import { readFull } from "./read_full.ts";
import { decodeHeader, LONGEST_HEADER, type TensorInfo, type TensorPlace } from "./safetensors_header.ts";
import { safetensorsPieces, type TensorSource } from "./safetensors_pieces.ts";
import { type StoredData, storedData } from "./stored_dtype.ts";

/** Bytes that are read at once. */
const PIECE = 2 ** 20;

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
 * Writes a safetensors file, which appears under its name only when it is whole.
 *
 * The tensors come in the header's order, those with the widest elements first. Their pieces are asked for
 * one after another and not kept.
 *
 * @throws {VitrailError} `io` where the file cannot be written, `shape` where a tensor's data are not as long
 * as its shape says, and whatever the source of the data throws.
 */
export async function writeSafetensors(
  path: string,
  tensors: readonly TensorSource[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeAtomically(path, safetensorsPieces(tensors, metadata));
}

/** Takes the next bytes of a file. */
export type OnBytes = (bytes: Uint8Array) => void;

/** A safetensors file's header as read. */
export interface SafetensorsHeader {
  /** The tensors, in the order of their data. */
  readonly tensors: readonly TensorInfo[];
  readonly metadata: Record<string, string>;
}

/**
 * Reads a safetensors file whole.
 *
 * @param onBytes called with all bytes of the file in order, those of each tensor apart
 * @throws {VitrailError} `io` where the file cannot be read or is not what the format asks for.
 */
export async function readSafetensors(path: string, onBytes: OnBytes = () => {}): Promise<SafetensorsFile> {
  return await reading(path, async (file, size) => {
    const { places, metadata } = await readHeader(file, size, onBytes);
    const tensors = new Map<string, StoredTensor>();
    for (const place of places) tensors.set(place.name, await readTensor(file, place, onBytes));
    return { tensors, metadata };
  });
}

/**
 * Reads the header of a safetensors file, which says what its tensors are.
 *
 * @throws {VitrailError} `io` where the file cannot be read or is not what the format asks for.
 */
export async function readSafetensorsHeader(path: string): Promise<SafetensorsHeader> {
  return await reading(path, async (file, size) => {
    const { places, metadata } = await readHeader(file, size);
    return { tensors: places, metadata };
  });
}

/** Returns what `read` makes of a file and its size. */
async function reading<T>(path: string, read: (file: Deno.FsFile, size: number) => Promise<T>): Promise<T> {
  try {
    using file = await Deno.open(path, { read: true });
    const { size, isFile } = await file.stat();
    if (!isFile) throw new VitrailError("io", `it is not a file`);
    return await read(file, size);
  } catch (error) {
    // The errors from below do not know the path; here every error gets it.
    if (!(error instanceof VitrailError)) throw ioError("read", path, error);
    throw new VitrailError("io", `cannot read ${path} as safetensors: ${error.message}`, {
      cause: error.cause,
    });
  }
}

/** Reads and checks the header of a file of `size` bytes; leaves the file at its data. */
async function readHeader(
  file: Deno.FsFile,
  size: number,
  onBytes?: OnBytes,
): Promise<ReturnType<typeof decodeHeader>> {
  if (size < 8) throw new VitrailError("io", `its ${size} bytes are fewer than the 8 of the header's length`);
  const first = new DataView((await readExactly(file, 8, onBytes)).buffer);
  const length = Number(first.getBigUint64(0, true));
  if (length > Math.min(size - 8, LONGEST_HEADER)) {
    throw new VitrailError("io", `its header would be ${length} bytes long, and ${size - 8} bytes follow`);
  }
  let json: string;
  try {
    json = new TextDecoder("utf-8", { fatal: true }).decode(await readExactly(file, length, onBytes));
  } catch (error) {
    if (error instanceof VitrailError) throw error;
    throw new VitrailError("io", `its header is not UTF-8`, { cause: error });
  }
  return decodeHeader(json, size - 8 - length);
}

/** Reads the tensor that comes next in the file. */
async function readTensor(file: Deno.FsFile, place: TensorPlace, onBytes: OnBytes): Promise<StoredTensor> {
  const bytes = await readExactly(file, place.end - place.begin, onBytes);
  return { dtype: place.dtype, shape: place.shape, data: storedData(place.dtype, bytes.buffer) };
}

/** Reads the next `length` bytes of a file into a buffer of their own, where elements of any type may lie. */
async function readExactly(
  file: Deno.FsFile,
  length: number,
  onBytes?: OnBytes,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += PIECE) {
    const piece = bytes.subarray(at, at + PIECE), filled = at + await readFull(file, piece);
    if (filled < at + piece.length) throw new VitrailError("io", `it ends ${length - filled} bytes early`);
    onBytes?.(piece);
  }
  return bytes;
}
