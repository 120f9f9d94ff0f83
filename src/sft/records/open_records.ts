import { VitrailError } from "../../errors.ts";
import { ioError } from "../../formats/io_error.ts";
import { readFullSync } from "../../formats/read_full.ts";
import { DataSetBytes } from "./data_set_bytes.ts";
import { JsonRecords } from "./json_records.ts";
import { ParquetRecords } from "./parquet_records.ts";
import type { Records } from "./records.ts";
import { TarRecords } from "./tar_records.ts";

/** A kind of file that holds records. */
interface RecordFile {
  /** The kind, in messages. */
  readonly name: string;
  /** The ending of its files' names. */
  readonly ending: string;
  /** Says whether a file begins as one of this kind. */
  begins(head: Uint8Array): boolean;
  open(bytes: DataSetBytes): Promise<Records>;
}

/** The kinds of files, but for JSON, which is what is none of them. */
const KINDS: readonly RecordFile[] = [
  {
    name: "parquet",
    ending: ".parquet",
    begins: (head) => textAt(head, 0, 4) === "PAR1",
    open: (bytes) => ParquetRecords.open(bytes),
  },
  {
    name: "tar",
    ending: ".tar",
    begins: (head) => textAt(head, 257, 5) === "ustar" || hasTarChecksum(head),
    open: (bytes) => TarRecords.open(bytes),
  },
];

/** Files that are known and are not read, with what is to be done. */
const OTHERS: readonly [magic: string, advice: string][] = [
  ["\x1f\x8b", "is compressed by gzip; unpack it first"],
  ["\x28\xb5\x2f\xfd", "is compressed by zstd; unpack it first"],
  ["\xff\xfe", "is UTF-16; write it as UTF-8"],
  ["\xfe\xff", "is UTF-16; write it as UTF-8"],
  ["PK\x03\x04", "is a zip archive; make it a tar"],
  ["ARROW1", "is an Arrow file; write it as parquet"],
  ["PARE", "is encrypted parquet; write it without encryption"],
];

/**
 * Opens a file of records: JSON, JSON lines, parquet or a webdataset's tar. Its first bytes tell which.
 * @throws {VitrailError} `io` where it cannot be read; `dataset` where it is none of these, or is damaged.
 */
export async function openRecords(path: string): Promise<Records> {
  const file = await Deno.open(path).catch((error) => {
    throw ioError("read the data set", path, error);
  });
  try {
    const head = headOf(file), kind = KINDS.find(({ begins }) => begins(head));
    if (kind === undefined) requireJsonName(path, head);
    const bytes = new DataSetBytes(path, file);
    return await (kind ?? { open: JsonRecords.open }).open(bytes);
  } catch (error) {
    file.close();
    throw ioError("read the data set", path, error);
  }
}

/** Reads the first bytes of a file, and goes back to its beginning. */
function headOf(file: Deno.FsFile): Uint8Array {
  const head = new Uint8Array(512), length = readFullSync(file, head);
  file.seekSync(0, Deno.SeekMode.Start);
  return head.subarray(0, length);
}

/** Checks that a file which is none of the kinds may be JSON. */
function requireJsonName(path: string, head: Uint8Array): void {
  const other = OTHERS.find(([magic]) => textAt(head, 0, magic.length) === magic);
  if (other !== undefined) throw new VitrailError("dataset", `${path} ${other[1]}`);
  const named = KINDS.find(({ ending }) => path.toLowerCase().endsWith(ending));
  if (named === undefined) return;
  const found = head.length === 0 ? "it is empty" : `it begins with ${JSON.stringify(textAt(head, 0, 8))}`;
  throw new VitrailError("dataset", `${path} is not ${named.name}: ${found}`);
}

/** Returns some bytes as text, a character a byte. */
function textAt(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + length));
}

/** Says whether a block is a tar's header of the oldest kind, which has no name but a checksum. */
function hasTarChecksum(head: Uint8Array): boolean {
  if (head.length < 512) return false;
  const written = Number.parseInt(textAt(head, 148, 8).replace(/[\0 ]+$/, "").trim(), 8);
  const sum = head.reduce((all, byte, at) => all + (at >= 148 && at < 156 ? 32 : byte), 0);
  return written === sum;
}
