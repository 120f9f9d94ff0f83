import { formatOf } from "../../codecs/headers/format.ts";
import { VitrailError } from "../../errors.ts";
import { shownValue } from "../data/sample.ts";
import { type DataFormat, holds, type RecordFields } from "./data_format.ts";
import { isRecord } from "./values/json_values.ts";

/** A word in the name of a field that holds pictures, films or sound. */
const MEDIUM = /^(?:image|img|picture|pic|photo|video|clip|audio|sound|speech|film|frame|media|pixel)s?$/;

/** Those of them that mean other things too: a `media` may be "news". */
const AMBIGUOUS = /^(?:clip|sound|speech|film|frame|media)s?$/;

/** Words beside it that leave it one: `image_path`, `pixel_values`, `image_1`, `image_base64`, `image_a`. */
const BESIDE = new RegExp(
  "^(?:path|url|uri|file|byte|list|name|value|data|base64|b64|base|pil|raw|input|main|first|second|left|" +
    "right|[a-z]|\\d+)s?$",
);

/** A text that names or holds a picture, a film or sound. */
const PICTURE_NAME = new RegExp(
  "^data:(?:image|video|audio)/|" +
    "^(?:iVBORw0KGgo|/9j/[24]|R0lGOD[dl]h|UklGR)[\\w+/]{16}|" + // base64 of PNG, JPEG, GIF or WebP
    "^[^\\n]{1,400}\\.(?:avif|bmp|gif|heic|jpe?g|jxl|png|tiff?|webp|mp4|webm|mkv|avi|mov|wav|mp3|flac)$",
  "i",
);

/** The lists and objects within each other in which such a text is looked for: `[{"path": "a.png"}]`. */
const LEVELS = 2;

/** The way out where a field is something else. */
const MEANT = "where it is no part of the sample, take the field out";

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
 * Checks that no field of a record that the format does not read names a picture, a film or sound, but for
 * files of the name of one that is read, and where one is read for addresses, which say where it comes from.
 * @param pictures the names of the sample's pictures
 * @throws {VitrailError} `dataset`, with the field.
 */
export function requireNoPictureNamed(
  { name, media, fields }: DataFormat,
  record: RecordFields,
  pictures: readonly string[],
  where: string,
): void {
  const read = new Set(pictures.map(fileName));
  const isNote = (text: string) => read.has(fileName(text)) || read.size > 0 && /^https?:/i.test(text);
  for (const [field, value] of Object.entries(record)) {
    if (fields.includes(field) || media.includes(field)) continue;
    const named = mediaNamed(value).find((text) => !isNote(text));
    if (named === undefined) continue;
    throw unread(field, value, `the format ${name} reads ${media.join(", ")}`, where);
  }
}

/** Returns the texts of a value that name or hold media, and an empty one for the bytes of a picture. */
function mediaNamed(value: unknown, levels = LEVELS): string[] {
  if (typeof value === "string") return PICTURE_NAME.test(value) ? [value] : [];
  if (value instanceof Uint8Array) return formatOf(value) === undefined ? [] : [""];
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || levels === 0) return [];
  return Object.values(value).flatMap((own) => mediaNamed(own, levels - 1));
}

/** Returns the last part of a path or address. */
function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

/**
 * Says whether a field's name is that of media, and whether it holds more than a count or a truth value.
 * Under a name of several meanings texts are media where they name a file.
 */
function isMedium(field: string, value: unknown): boolean {
  const words = field.replaceAll(/(?<=[a-z])(?=[A-Z0-9])/g, "_").toLowerCase().split(/[_\-. ]+/);
  if (!words.some((word) => MEDIUM.test(word))) return false;
  if (!words.every((word) => MEDIUM.test(word) || BESIDE.test(word))) return false;
  if (words.every((word) => AMBIGUOUS.test(word))) {
    const texts: unknown[] = Array.isArray(value) ? value : [value];
    if (texts.every((text) => typeof text === "string")) return mediaNamed(value).length > 0;
  }
  return holds({ value }, "value") && !["boolean", "number", "bigint"].includes(typeof value);
}

function unread(field: string, value: unknown, why: string, where: string): VitrailError {
  return new VitrailError("dataset", `${where}: ${field} is ${shownValue(value)}, and ${why}; ${MEANT}`);
}
