import { VitrailError } from "../../errors.ts";
import { shownValue } from "../data/sample.ts";
import { type DataFormat, holds, type RecordFields } from "./data_format.ts";
import { isRecord } from "./values/json_values.ts";

/** A word in the name of a field that holds pictures, films or sound. */
const MEDIUM = /^(?:image|img|picture|pic|photo|video|clip|audio|sound|speech|film|frame|media|pixel)s?$/;

/** Words beside it that leave it one: `image_path`, `pixel_values`, `input_image`, `image_1`. */
const BESIDE = new RegExp(
  "^(?:path|url|uri|file|byte|list|name|value|data|base64|b64|pil|raw|input|main|first|second|left|right|" +
    "\\d+)s?$",
);

/** A text that names or holds a picture, a film or sound. */
const PICTURE_NAME = new RegExp(
  "^data:(?:image|video|audio)/|" +
    "^[^\\n]{1,400}\\.(?:avif|bmp|gif|heic|jpe?g|jxl|png|tiff?|webp|mp4|webm|mkv|avi|mov|wav|mp3|flac)$",
  "i",
);

/** The fields whose objects are turns of a conversation, or questions and answers. */
const TURNS = ["conversations", "messages", "texts", "prompt", "completion"];

/**
 * Checks that no field of a record or of its turns holds media that the format does not read.
 * @param readersOf returns the formats that read media from a field
 * @throws {VitrailError} `dataset`, with the field and the formats that read it.
 */
export function requireMediaRead(
  { name, media, fields }: DataFormat,
  record: RecordFields,
  where: string,
  readersOf: (field: string) => readonly string[],
): void {
  for (const [field, value] of Object.entries(record)) {
    if (media.includes(field) || fields.includes(field) || !isMedium(field, value)) continue;
    const readers = readersOf(field);
    const advice = readers.length === 0 ? "no format reads it" : `it is read by ${readers.join(", ")}`;
    throw unread(field, value, `the format ${name} reads ${media.join(", ")}; ${advice}`, where);
  }
  for (const list of TURNS) {
    const { [list]: turns } = record;
    for (const [index, turn] of Array.isArray(turns) ? turns.entries() : []) {
      requireNoneIn(turn, `${list}[${index}]`, where);
      const content = isRecord(turn) ? turn.content : undefined;
      for (const [at, part] of Array.isArray(content) ? content.entries() : []) {
        if (isRecord(part) && part.type === "text") {
          requireNoneIn(part, `${list}[${index}].content[${at}]`, where);
        }
      }
    }
  }
}

/** Checks that a turn, or a part of text, has no field for media, which no format reads. */
function requireNoneIn(turn: unknown, place: string, where: string): void {
  const found = Object.entries(isRecord(turn) ? turn : {}).find(([field, value]) => isMedium(field, value));
  if (found === undefined) return;
  const [field, value] = found;
  throw unread(`${place}.${field}`, value, "media stand beside the turns, or in parts of messages", where);
}

/**
 * Checks that no field of a sample without pictures names one, where the format does not look.
 * @throws {VitrailError} `dataset`, with the field.
 */
export function requireNoPictureNamed(
  { name, media, fields }: DataFormat,
  record: RecordFields,
  where: string,
): void {
  for (const [field, value] of Object.entries(record)) {
    if (fields.includes(field) || typeof value !== "string" || !PICTURE_NAME.test(value)) continue;
    throw unread(
      field,
      value,
      `the sample has no pictures: the format ${name} reads ${media.join(", ")}`,
      where,
    );
  }
}

/** Says whether a field's name is that of media, and whether it holds more than a count or a truth value. */
function isMedium(field: string, value: unknown): boolean {
  const words = field.replaceAll(/(?<=[a-z])(?=[A-Z0-9])/g, "_").toLowerCase().split(/[_\-. ]+/);
  if (!words.some((word) => MEDIUM.test(word))) return false;
  if (!words.every((word) => MEDIUM.test(word) || BESIDE.test(word))) return false;
  return holds({ value }, "value") && !["boolean", "number", "bigint"].includes(typeof value);
}

function unread(field: string, value: unknown, why: string, where: string): VitrailError {
  return new VitrailError("dataset", `${where}: ${field} is ${shownValue(value)}, and ${why}`);
}
