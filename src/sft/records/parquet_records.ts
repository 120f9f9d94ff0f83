import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import {
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
} from "npm:hyparquet@1.31.5";
import { messageOf, VitrailError } from "../../errors.ts";
import { pageProblem } from "./parquet_pages.ts";
import type { DataSetBytes } from "./data_set_bytes.ts";
import type { PlacedRecord, Records } from "./records.ts";

/** The most bytes that a group of rows may have when it is unpacked. One group at a time is in memory. */
export const ROW_GROUP_BYTES = 2 ** 30;

/** The unpackers of pages that hyparquet has not got itself; it has snappy. */
const COMPRESSORS: Compressors = {
  GZIP: (input) => new Uint8Array(gunzipSync(input)),
  BROTLI: (input) => new Uint8Array(brotliDecompressSync(input)),
  ZSTD: (input) => new Uint8Array(zstdDecompressSync(input)),
};

/** The rows of a group, as hyparquet gives them. */
type Rows = readonly Readonly<Record<string, unknown>>[];

/**
 * The records of a parquet file: its rows. One group of rows is in memory, the one that was read last.
 */
export class ParquetRecords implements Records {
  /** The first row of each group, and the count of all rows. */
  readonly #starts: number[] = [0];
  #group: { index: number; rows: Promise<Rows> } | undefined;

  private constructor(
    readonly bytes: DataSetBytes,
    readonly byteLength: number,
    readonly metadata: FileMetaData,
    readonly most: number,
  ) {
    for (const { num_rows } of metadata.row_groups) this.#starts.push(this.length + Number(num_rows));
  }

  /**
   * Reads the footer of a file, and its checksum.
   * @param most the most bytes that a group of rows may have
   * @throws {VitrailError} `dataset` where it is not a whole parquet file.
   */
  static async open(bytes: DataSetBytes, most: number = ROW_GROUP_BYTES): Promise<ParquetRecords> {
    let byteLength = 0;
    for await (const chunk of bytes.chunks()) byteLength += chunk.length;
    if (byteLength < 12) throw damaged(bytes.path, `it has ${byteLength} bytes`);
    const metadata = await reading(
      bytes.path,
      () => parquetMetadataAsync(bufferOf(bytes, byteLength), { geoparquet: false }),
    );
    const records = new ParquetRecords(bytes, byteLength, metadata, most);
    if (records.length === Number(metadata.num_rows)) return records;
    throw damaged(bytes.path, `its groups have ${records.length} rows, it announces ${metadata.num_rows}`);
  }

  get length(): number {
    return this.#starts.at(-1)!;
  }

  get sha256(): string {
    return this.bytes.sha256;
  }

  async read(index: number): Promise<PlacedRecord> {
    const group = this.#starts.findLastIndex((start) => start <= index);
    if (this.#group?.index !== group) {
      this.#group = undefined; // so that two groups are never held
      this.#group = { index: group, rows: this.#rowsOf(group) };
    }
    const value = (await this.#group.rows)[index - this.#starts[group]];
    return { value, place: `row ${index + 1}` };
  }

  async #rowsOf(group: number): Promise<Rows> {
    const { path } = this.bytes, bytes = Number(this.metadata.row_groups[group].total_byte_size);
    const rows = `rows ${this.#starts[group] + 1} to ${this.#starts[group + 1]}`;
    if (!(bytes <= this.most)) {
      throw new VitrailError(
        "dataset",
        `${path}: ${rows} are one group of ${bytes} bytes, and ${this.most} is the most that is read ` +
          `together; write the file again with a smaller row_group_size`,
      );
    }
    const file = bufferOf(this.bytes, this.byteLength), name = `${path} (${rows})`;
    const found = await reading(name, () => {
      const problem = pageProblem(this.metadata.row_groups[group], file.slice, this.most);
      if (problem !== undefined) throw damaged(name, problem);
      return parquetReadObjects({
        file,
        metadata: this.metadata,
        compressors: COMPRESSORS,
        utf8: false,
        rowStart: this.#starts[group],
        rowEnd: this.#starts[group + 1],
      });
    });
    if (found.length === this.#starts[group + 1] - this.#starts[group]) return found;
    throw new VitrailError("dataset", `${path}: ${rows} are damaged: ${found.length} of them can be read`);
  }

  [Symbol.dispose](): void {
    this.#group = undefined;
    this.bytes[Symbol.dispose]();
  }
}

/** Returns a file as hyparquet takes it. */
function bufferOf(bytes: DataSetBytes, byteLength: number) {
  return {
    byteLength,
    slice(begin: number, end: number = byteLength): ArrayBuffer {
      if (begin >= 0 && begin <= end && end <= byteLength) return bytes.between(begin, end).buffer;
      throw damaged(bytes.path, `it names the bytes ${begin} to ${end}, and ends at ${byteLength}`);
    },
  };
}

/** Returns what `read` does. What the library throws at damaged bytes becomes one error, with the name. */
async function reading<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof VitrailError) throw error;
    throw damaged(name, messageOf(error), error);
  }
}

function damaged(name: string, why: string, cause?: unknown): VitrailError {
  return new VitrailError("dataset", `${name} is not whole parquet: it is cut short or damaged (${why})`, {
    cause,
  });
}
