import { VitrailError } from "../../errors.ts";
import type { ExportColumns, ExportItem } from "./export_item.ts";
import { mdsColumns, mdsPieces } from "./mds_export.ts";
import { parquetPieces } from "./parquet_export.ts";
import { webdatasetPieces } from "./webdataset_export.ts";

/** A file of a set in another format, of the items of one shard. */
export interface ExportedFile {
  /** Its name, in the set's folder. */
  readonly file: string;
  readonly bytes: number;
  /** Its checksum, in hex. */
  readonly sha256: string;
  /** The count of its items: samples, or packs. */
  readonly items: number;
}

/** A format that sets are exported in. */
export interface ExportFormat {
  /** The value of `--to`. */
  readonly name: string;
  /** Returns the name of a shard's file. */
  fileName(shard: number): string;
  /** Returns the bytes of a file of items, of which there is at least one. */
  pieces(items: readonly ExportItem[], columns: ExportColumns): AsyncIterable<Uint8Array>;
  /** Returns the file that lists the others, and what is in it; absent where the format has none. */
  index?(files: readonly ExportedFile[], columns: ExportColumns): { file: string; value: unknown };
}

/** The formats, in the order of the help. */
export const EXPORT_FORMATS: readonly ExportFormat[] = [
  {
    name: "webdataset",
    fileName: (shard) => `shard-${numberText(shard)}.tar`,
    pieces: webdatasetPieces,
  },
  {
    name: "parquet",
    fileName: (shard) => `shard-${numberText(shard)}.parquet`,
    pieces: parquetPieces,
  },
  {
    name: "mds",
    fileName: (shard) => `shard.${numberText(shard)}.mds`,
    pieces: mdsPieces,
    index: (files, columns) => ({
      file: "index.json",
      value: { shards: files.map((file) => mdsEntry(file, columns)), version: 2 },
    }),
  },
];

/**
 * Returns the format of this name.
 * @throws {VitrailError} `usage` where there is none.
 */
export function exportFormat(name: string | undefined): ExportFormat {
  const found = EXPORT_FORMATS.find((format) => format.name === name);
  if (found) return found;
  const names = EXPORT_FORMATS.map((format) => format.name).join(", ");
  throw new VitrailError("usage", `--to is one of ${names}, found ${name ?? "none"}`);
}

/** Returns the entry of a shard in MDS's index. Source: `streaming/base/format/base/writer.py`. */
function mdsEntry({ file, bytes, sha256, items }: ExportedFile, columns: ExportColumns): unknown {
  const raw_data = { basename: file, bytes, hashes: { sha256 } };
  return { ...mdsColumns(columns), raw_data, samples: items, zip_data: null };
}

function numberText(shard: number): string {
  return String(shard).padStart(5, "0");
}
