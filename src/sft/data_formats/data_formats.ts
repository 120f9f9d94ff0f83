import { VitrailError } from "../../errors.ts";
import type { PlacedRecord, Records } from "../records/records.ts";
import { alpacaFormat } from "./alpaca_format.ts";
import { cauldronFormat } from "./cauldron_format.ts";
import { completionFormat } from "./completion_format.ts";
import { type DataFormat, type FormattedSample, holds, type RecordFields } from "./data_format.ts";
import { llavaFormat } from "./llava_format.ts";
import { messagesFormat } from "./messages_format.ts";
import { sharegptFormat } from "./sharegpt_format.ts";
import { swiftFormat } from "./swift_format.ts";
import { isRecord } from "./values/json_values.ts";
import { requireMediaRead, requireNoPictureNamed } from "./unread_media.ts";
import { xcomposerFormat } from "./xcomposer_format.ts";

/** The formats of data sets. Where several may be meant and none is certain, the first is taken. */
export const DATA_FORMATS: readonly DataFormat[] = [
  xcomposerFormat,
  llavaFormat,
  sharegptFormat,
  messagesFormat,
  swiftFormat,
  alpacaFormat,
  completionFormat,
  cauldronFormat,
];

/** The most records that are looked at to tell a file's format. */
const RECORDS_LOOKED_AT = 256;

/**
 * Returns the format of a file's records, as the first record tells that is certain.
 * @throws {VitrailError} `dataset` where none fits the first record, or where several do.
 */
export async function recognisedFormat(records: Records, path: string): Promise<DataFormat> {
  let first: PlacedRecord | undefined, possible: readonly DataFormat[] = [];
  for (let index = 0; index < Math.min(records.length, RECORDS_LOOKED_AT); index++) {
    const record = await records.read(index).catch(() => undefined); // said when the sample is read
    if (record === undefined) continue;
    first ??= record;
    const certain = DATA_FORMATS.filter(({ fits }) => fits(record.value) === "yes");
    if (certain.length === 1) return certain[0];
    if (certain.length > 1) throw ambiguous(record, certain, path);
    const maybe = DATA_FORMATS.filter(({ fits }) => fits(record.value) === "maybe");
    const shared = maybe.filter((format) => possible.includes(format));
    if (shared.length > 0 || possible.length === 0) possible = shared.length > 0 ? shared : maybe;
  }
  if (first === undefined || possible.length > 0) return possible[0] ?? DATA_FORMATS[0];
  if (records.length === 1) requireNoList(first.value, path);
  throw new VitrailError(
    "dataset",
    `${path}: the format is not known: ${fieldsText(first)}; ${formatsText(DATA_FORMATS)}`,
  );
}

/** Checks that the one object of a file is no shell around its records. */
function requireNoList(value: RecordFields, path: string): void {
  for (const [field, list] of Object.entries(value)) {
    const item = Array.isArray(list) ? list[0] : list;
    if (!isRecord(item) || DATA_FORMATS.every(({ fits }) => fits(item) === "no")) continue;
    const shown = JSON.stringify(field.slice(0, 60)), held = Array.isArray(list) ? "its records" : "a record";
    throw new VitrailError(
      "dataset",
      `${path} is one object, whose field ${shown} holds ${held}; expected a list of records, or one a line`,
    );
  }
}

/**
 * Returns the format of a name.
 * @throws {VitrailError} `usage` for a name that is none.
 */
export function formatNamed(name: string): DataFormat {
  const format = DATA_FORMATS.find((own) => own.name === name);
  if (format !== undefined) return format;
  const names = DATA_FORMATS.map((own) => own.name).join(", ");
  throw new VitrailError("usage", `--format is one of ${names}, found ${JSON.stringify(name)}`);
}

/**
 * Reads a record in a format.
 * @param options `forced` is true where the format was named, and not recognised; `network` as in
 * {@linkcode RecordPlace}
 * @throws {VitrailError} `dataset`, with the field, where it is not as the format says, where it holds
 * pictures, films or sound in a field that the format does not read, or where it is of another format.
 */
export function readRecord(
  format: DataFormat,
  record: PlacedRecord,
  where: string,
  { forced, network }: { forced: boolean; network: boolean },
): FormattedSample {
  const { value, members, json } = record, table = json === undefined && members === undefined;
  if (!forced && format.fits(value) === "no") requireNoOther(format, value, where);
  const readersOf = (field: string) =>
    DATA_FORMATS.filter(({ media }) => media.includes(field)).map(({ name }) => name);
  requireMediaRead(format, value, where, readersOf);
  const sample = format.sampleOf(value, { where, network, table, ...(members && { members }) });
  requireNoPictureNamed(format, value, sample.pictures.map(({ name }) => name), where);
  return sample;
}

/** Checks that a record which does not fit the file's format fits no other one. */
function requireNoOther(format: DataFormat, record: RecordFields, where: string): void {
  const other = DATA_FORMATS.find(({ fits }) => fits(record) === "yes");
  if (other === undefined) return;
  throw new VitrailError(
    "dataset",
    `${where}: it is in the format ${other.name} (${other.about}), and its file in ${format.name} ` +
      `(${format.about}); a file has one format: give --format ${other.name} where all of it is that`,
  );
}

function ambiguous(record: PlacedRecord, formats: readonly DataFormat[], path: string): VitrailError {
  const names = formats.map(({ name }) => name);
  return new VitrailError(
    "dataset",
    `${path}: the format is ${names.join(" or ")}: ${fieldsText(record)}; ` +
      `give --format ${names.join(" or --format ")}`,
  );
}

/** Returns what a record holds, in words. */
function fieldsText({ value, place }: PlacedRecord): string {
  const names = Object.keys(value).filter((name) => holds(value, name)).map((name) => name.slice(0, 60));
  const shown = names.slice(0, 12).join(", ") + (names.length > 12 ? ", …" : "");
  return names.length === 0 ? `${place} has no fields` : `${place} has the fields ${shown}`;
}

function formatsText(formats: readonly DataFormat[]): string {
  return `the formats are ${formats.map(({ name, about }) => `${name} (${about})`).join("; ")}`;
}
