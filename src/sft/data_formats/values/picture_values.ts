import { VitrailError } from "../../../errors.ts";
import { bytesOfBase64 } from "../../../given/base64.ts";
import { isAddress } from "../../data/downloads.ts";
import { fieldMisfit } from "../../data/sample.ts";

/** A picture that a record names or holds. */
export interface RecordPicture {
  /** As the record names it, or where it has no name, the field that holds it. */
  readonly name: string;
  /** The encoded picture, where the record holds it. */
  readonly bytes?: Uint8Array;
}

/** The surroundings of a record's values. */
export interface RecordPlace {
  /** The sample's name in messages. */
  readonly where: string;
  /** True where pictures may be named by their addresses on the network. */
  readonly network?: boolean;
  /** The pictures beside the record in an archive, by name; absent where names are those of files. */
  readonly members?: ReadonlyMap<string, Uint8Array>;
  /** True where the record is a table's row, whose objects have nulls for what only others have. */
  readonly table?: boolean;
}

/** Addresses, be their slashes lost. */
const ON_NETWORK = /^\s*(?:[a-z][a-z0-9+.-]+:\/\/|(?:https?|ftp|s3|gs|hf|blob):)/i;

/** The most characters of a path that systems take. */
const LONGEST_PATH = 4096;

/** The kinds of pictures, in messages. */
const PICTURE = "a picture: its path, a data: URI, bytes, or {bytes, path}";

/**
 * Returns the picture that a value of a record is: a path, a data URI, bytes, or `{ bytes, path }` as
 * `datasets` writes it.
 * @throws {VitrailError} `dataset`, with the field, for anything else, and for an address on the network
 * where none is allowed.
 */
export function pictureValue(value: unknown, field: string, place: RecordPlace): RecordPicture {
  if (typeof value === "string" && value !== "") return namedPicture(value, field, place);
  if (value instanceof Uint8Array && value.length > 0) return { name: field, bytes: value };
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const { bytes, path, url } = value as Record<string, unknown>;
    const name = typeof path === "string" && path !== "" ? path : undefined;
    if (bytes instanceof Uint8Array && bytes.length > 0) return { name: name ?? field, bytes };
    if (bytes === undefined || bytes === null) {
      const text = name ?? url;
      if (typeof text === "string" && text !== "") return namedPicture(text, field, place);
    }
  }
  throw fieldMisfit(place.where, field, value, PICTURE);
}

/**
 * Returns the pictures of a field that holds one or a list of them; none where it is absent or an empty text.
 * A record of an archive without the field has all pictures beside it, in order.
 */
export function pictureList(value: unknown, field: string, place: RecordPlace): RecordPicture[] {
  if (value === undefined || value === null || value === "") {
    return Array.from(place.members ?? [], ([name, bytes]) => ({ name, bytes }));
  }
  if (!Array.isArray(value)) return [pictureValue(value, field, place)];
  return value.map((item, index) => pictureValue(item, `${field}[${index}]`, place));
}

/**
 * Checks that the pictures beside a record are all used.
 * @throws {VitrailError} `dataset`, with the first that is not.
 */
export function requireMembersUsed(pictures: readonly RecordPicture[], { where, members }: RecordPlace) {
  const used = new Set(pictures.map(({ bytes }) => bytes));
  for (const [name, bytes] of members ?? []) {
    if (!used.has(bytes)) {
      throw new VitrailError("dataset", `${where}: the picture ${name} beside it is not named in its .json`);
    }
  }
}

function namedPicture(text: string, field: string, place: RecordPlace): RecordPicture {
  if (/^\s*data:/i.test(text)) return { name: field, bytes: dataUriBytes(text, field, place.where) };
  if (/^\s*file:/i.test(text)) {
    throw new VitrailError(
      "dataset",
      `${place.where}: ${field} is the file: URL ${
        clipped(text)
      }; give the file's path, from --image-root on`,
    );
  }
  const allowed = isAddress(text) && place.network;
  if (ON_NETWORK.test(text) && !allowed) {
    const advice = isAddress(text) ? "give --allow-net to download it, or" : "download it and";
    throw new VitrailError(
      "dataset",
      `${place.where}: ${field} is on the network, ${clipped(text)}; ${advice} give the path of a file`,
    );
  }
  if (text.length > LONGEST_PATH) {
    throw new VitrailError(
      "dataset",
      `${place.where}: ${field} is a text of ${text.length} characters, ${JSON.stringify(clipped(text))}, ` +
        `longer than any path; base64 of a picture has data:image/png;base64, before it`,
    );
  }
  return place.members === undefined || allowed
    ? { name: text }
    : memberPicture(text, field, place.where, place.members);
}

/** Returns the picture of an archive that a record names: in whole, or by what follows the sample's name. */
function memberPicture(
  text: string,
  field: string,
  where: string,
  members: ReadonlyMap<string, Uint8Array>,
): RecordPicture {
  for (const [name, bytes] of members) {
    const base = name.slice(name.lastIndexOf("/") + 1);
    if (text === name || text === base || text === base.slice(base.indexOf(".") + 1)) return { name, bytes };
  }
  const held = members.size === 0 ? "none" : [...members.keys()].join(", ");
  throw new VitrailError(
    "dataset",
    `${where}: ${field} is ${JSON.stringify(clipped(text))}, expected a picture beside it in the archive: ` +
      `there is ${held}; without the field they are taken in order`,
  );
}

function dataUriBytes(uri: string, field: string, where: string): Uint8Array {
  const [, data] = /^\s*data:[^,]{0,200};base64,(.*)$/is.exec(uri) ?? [];
  try {
    if (data) return bytesOfBase64(data);
  } catch {
    // said below
  }
  throw new VitrailError(
    "dataset",
    `${where}: ${field} is a data: URI that is not base64 of a picture, ${JSON.stringify(clipped(uri))}`,
  );
}

function clipped(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
