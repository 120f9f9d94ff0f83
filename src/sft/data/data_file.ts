import { formatNamed, readRecord, recognisedFormat } from "../data_formats/data_formats.ts";
import type { DataFormat, FormattedSample } from "../data_formats/data_format.ts";
import type { RecordPicture } from "../data_formats/values/picture_values.ts";
import { changedFile } from "../records/data_set_bytes.ts";
import { openRecords } from "../records/open_records.ts";
import { exactJson } from "../records/python_json.ts";
import type { PlacedRecord, Records } from "../records/records.ts";
import { LONGEST_ID, type Sample, shownValue } from "./sample.ts";

/** A sample read from its file, with the name that messages give it. */
export interface PlacedSample {
  /** The checked sample. */
  readonly sample: Sample;
  /**
   * The JSON text of the sample: as the file has it, where that is InternLM-XComposer's; otherwise the same
   * in that format, with the fields that its own format does not read.
   */
  readonly json: string;
  /** The name in messages, such as `sample 3 of data.json (id 7, line 12)`. */
  readonly where: string;
  /** The pictures that `sample.images` names, with their bytes where the file holds them. */
  readonly pictures: readonly RecordPicture[];
}

/** Options for opening a data set's file. */
export interface DataFileOptions {
  /** The name of its format; absent: the records tell it. */
  readonly format?: string;
  /** True where its records may name pictures by their addresses on the network; absent: false. */
  readonly network?: boolean;
}

/**
 * A file of samples: JSON, JSON lines, parquet or a webdataset's tar, in any of the formats of data sets.
 *
 * A sample is read again whenever it is wanted. The one that was read last is kept.
 */
export class DataFile {
  #last: { index: number; sample: Promise<PlacedSample> } | undefined;

  private constructor(
    /** The file's path, as given. */
    readonly path: string,
    readonly records: Records,
    /** The format of its records. */
    readonly format: DataFormat,
    readonly reading: { readonly forced: boolean; readonly network: boolean },
  ) {}

  /**
   * Opens a data set's file.
   * @throws {VitrailError} `io` where it cannot be read; `dataset`, with line and column in JSON, where it is
   * damaged, or its format is not known; `usage` for an unknown name of a format.
   */
  static async open(path: string, { format, network = false }: DataFileOptions = {}): Promise<DataFile> {
    const forced = format === undefined ? undefined : formatNamed(format);
    const records = await openRecords(path);
    try {
      const own = forced ?? await recognisedFormat(records, path);
      return new DataFile(path, records, own, { forced: forced !== undefined, network });
    } catch (error) {
      records[Symbol.dispose]();
      throw error;
    }
  }

  /** The count of its samples. */
  get length(): number {
    return this.records.length;
  }

  /** The sha256 of the file's bytes, in hex. */
  get sha256(): string {
    return this.records.sha256;
  }

  /**
   * Reads the sample at `index`, from 0.
   * @throws {VitrailError} `dataset` where a field is not as the format says; `io` where the file has
   * changed.
   */
  read(index: number): Promise<PlacedSample> {
    if (this.#last?.index !== index) {
      this.#last = undefined; // its bytes are let go before others are read
      this.#last = { index, sample: this.#read(index) };
    }
    return this.#last.sample;
  }

  async #read(index: number): Promise<PlacedSample> {
    const record = await this.records.read(index), { id } = record.value;
    const named = id === undefined || id === null ? "" : `id ${shownValue(id, LONGEST_ID)}, `;
    const where = `sample ${index + 1} of ${this.path} (${named}${record.place})`;
    const formatted = readRecord(this.format, record, where, this.reading);
    return { ...formatted, json: jsonOf(record, formatted, this.format), where };
  }

  /**
   * Reads the bytes of a picture that the file holds: of the sample at `index`, its picture `at`.
   * @throws {VitrailError} `io` where the file has changed.
   */
  async picture(index: number, at: number): Promise<Uint8Array> {
    const { pictures } = await this.read(index), bytes = pictures[at]?.bytes;
    if (bytes === undefined) throw changedFile(this.path);
    return bytes;
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#last = undefined;
    this.records[Symbol.dispose]();
  }
}

/** Returns a sample's JSON, as {@linkcode PlacedSample} says. */
function jsonOf(
  { value, json }: PlacedRecord,
  { sample, pictures }: FormattedSample,
  { name, media, fields }: DataFormat,
): string {
  const held = pictures.some(({ bytes }) => bytes !== undefined);
  if (name === "xcomposer" && json !== undefined && !held) return json;
  const { images, ...fieldsOf } = sample, own = { ...fieldsOf, image: images };
  const others = Object.entries(value).filter(([field, value]) =>
    value !== null && !media.includes(field) && !fields.includes(field) && !(field in own)
  );
  const record = { ...own, ...Object.fromEntries(others) };
  return exactJson(record, (part) => part instanceof Uint8Array ? undefined : part);
}
