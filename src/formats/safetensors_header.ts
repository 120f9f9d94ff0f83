import { VitrailError } from "../errors.ts";
import { isStoredDtype, type StoredDtype, storedDtypes, widthOf } from "./stored_dtype.ts";

/** The longest header that a reader of the format accepts, in bytes. */
export const LONGEST_HEADER = 100_000_000;

/** One tensor, as a header describes it. */
export interface TensorInfo {
  readonly name: string;
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
}

/** A tensor's place in the file: bytes `begin` to `end` (exclusive) of the data after the header. */
export interface TensorPlace extends TensorInfo {
  readonly begin: number;
  readonly end: number;
}

/** A file's beginning, and the places of its tensors. */
export interface Header {
  /** The length as u64, and the JSON padded with spaces so that the data begin at a multiple of 8. */
  readonly bytes: Uint8Array;
  /** The tensors in the order of their data. */
  readonly places: readonly TensorPlace[];
}

/**
 * Makes the header of a safetensors file.
 *
 * The tensors with the widest elements come first, and those of one width in the order given. So every tensor
 * begins at a multiple of its element's width. Source: safetensors `safetensors/src/tensor.rs`, `prepare`.
 *
 * @throws {VitrailError} `shape` for a shape or a dtype that makes no sense; `usage` for a name given twice.
 */
export function encodeHeader(
  tensors: readonly TensorInfo[],
  metadata: Readonly<Record<string, string>> = {},
): Header {
  const places = placesOf(tensors);
  const entries: [string, unknown][] = Object.keys(metadata).length > 0 ? [["__metadata__", metadata]] : [];
  for (const { name, dtype, shape, begin, end } of places) {
    entries.push([name, { dtype, shape, data_offsets: [begin, end] }]);
  }
  const json = new TextEncoder().encode(jsonOf(entries));
  const length = Math.ceil(json.byteLength / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return { bytes, places };
}

/** Gives each tensor its place, in the order of the data. */
function placesOf(tensors: readonly TensorInfo[]): TensorPlace[] {
  const names = new Set<string>();
  for (const { name, dtype, shape } of tensors) {
    if (names.has(name)) throw new VitrailError("usage", `two tensors are called ${name}`);
    if (name === "__metadata__") throw new VitrailError("usage", `no tensor may be called __metadata__`);
    names.add(name);
    const problem = problemOf(dtype, shape);
    if (problem !== undefined) throw new VitrailError("shape", `tensor ${name} has ${problem}`);
  }
  let end = 0;
  return tensors.toSorted((a, b) => widthOf(b.dtype) - widthOf(a.dtype)).map(({ name, dtype, shape }) => {
    const begin = end;
    end += byteLengthOf({ dtype, shape });
    return { name, dtype, shape: [...shape], begin, end };
  });
}

/**
 * Returns these entries as a JSON object. Names such as `1` keep their place; as an object's keys they move.
 */
function jsonOf(entries: readonly [string, unknown][]): string {
  return `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",")}}`;
}

/** Returns the bytes that a tensor of this dtype and shape takes. */
export function byteLengthOf({ dtype, shape }: { dtype: StoredDtype; shape: readonly number[] }): number {
  return shape.reduce((product, size) => product * size, widthOf(dtype));
}

/**
 * Reads the JSON of a header, of a file that has `dataLength` bytes after it.
 *
 * @returns the tensors in the order of their data, and the metadata.
 * @throws {VitrailError} `io`, with what is wrong. Tensors must have known dtypes, and follow one another
 * without gaps from the first byte of the data to the last.
 */
export function decodeHeader(
  json: string,
  dataLength: number,
): { places: TensorPlace[]; metadata: Record<string, string> } {
  const parsed = parse(json);
  const { __metadata__: metadata = {}, ...tensors } = parsed;
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== "string")) {
    throw malformed(`its __metadata__ is not a map of texts`);
  }
  const places = Object.entries(tensors).map(([name, entry]) => placeOf(name, entry));
  places.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkContiguous(places, dataLength);
  return { places, metadata: metadata as Record<string, string> };
}

/** Returns the `io` error of a header; the reader of the file adds the path. */
function malformed(problem: string): VitrailError {
  return new VitrailError("io", problem);
}

/** Returns the header's object. */
function parse(json: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    throw new VitrailError("io", `its header is not JSON`, { cause: error });
  }
  if (!isRecord(parsed)) throw malformed(`its header is not a JSON object`);
  return parsed;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns the place of one tensor of the header, checked by itself. */
function placeOf(name: string, entry: unknown): TensorPlace {
  if (!isRecord(entry)) throw malformed(`its tensor ${name} is not described by an object`);
  const { dtype, shape, data_offsets: offsets } = entry;
  const problem = problemOf(dtype, shape);
  if (problem !== undefined) throw malformed(`its tensor ${name} has ${problem}`);
  if (!isSizes(offsets) || offsets.length !== 2) {
    throw malformed(`its tensor ${name} has the offsets ${JSON.stringify(offsets)}, not two positions`);
  }
  const place = {
    name,
    dtype: dtype as StoredDtype,
    shape: shape as number[],
    begin: offsets[0],
    end: offsets[1],
  };
  const bytes = byteLengthOf(place);
  if (place.end - place.begin !== bytes) {
    throw malformed(
      `its tensor ${name}, ${dtype} of shape [${place.shape.join(", ")}], takes ${bytes} bytes, ` +
        `but lies at ${place.begin} to ${place.end}`,
    );
  }
  return place;
}

/** Says what is wrong with a dtype or a shape; undefined where nothing is. */
function problemOf(dtype: unknown, shape: unknown): string | undefined {
  if (!isStoredDtype(dtype)) {
    return `the dtype ${JSON.stringify(dtype)}, which is none of ${storedDtypes().join(", ")}`;
  }
  if (!isSizes(shape)) return `the shape ${JSON.stringify(shape)}, not a list of whole numbers`;
  if (!Number.isSafeInteger(byteLengthOf({ dtype, shape }))) {
    return `the shape [${shape.join(", ")}], too large`;
  }
  return undefined;
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** Refuses tensors that, in the order of their data, do not cover it without gaps. */
function checkContiguous(places: readonly TensorPlace[], dataLength: number): void {
  let end = 0;
  for (const place of places) {
    if (place.begin !== end) {
      throw malformed(
        `its tensor ${place.name} begins at byte ${place.begin} of the data, and byte ${end} is next`,
      );
    }
    end = place.end;
  }
  if (end > dataLength) throw malformed(`its data end after ${dataLength} of ${end} bytes`);
  if (end < dataLength) throw malformed(`${dataLength - end} bytes follow the last tensor`);
}
