/** One record of a data set's file, before its fields are read as those of a sample. */
export interface PlacedRecord {
  /** Its fields. Bytes that stand in it are `Uint8Array`s. */
  readonly value: Readonly<Record<string, unknown>>;
  /** Its JSON, where the file is JSON. */
  readonly json?: string;
  /** Its place in the file, as messages name it: `line 12`, `row 3`. */
  readonly place: string;
  /** The pictures beside it by name, where the file is an archive; absent where names are those of files. */
  readonly members?: ReadonlyMap<string, Uint8Array>;
}

/** A file of records, open. One record at a time is in memory, or one group of rows. */
export interface Records {
  /** The count of records. */
  readonly length: number;
  /** The sha256 of the file's bytes, in hex. */
  readonly sha256: string;
  /**
   * Reads the record at `index`, from 0.
   * @throws {VitrailError} `dataset` for a record that cannot be read; `io` where the file has changed.
   */
  read(index: number): Promise<PlacedRecord>;
  /** Closes the file. */
  [Symbol.dispose](): void;
}
