import { messageOf, VitrailError } from "../../errors.ts";
import { changedFile, type DataSetBytes } from "./data_set_bytes.ts";
import { DEEPEST, RECORD_BYTES, tooDeep } from "./json_stream.ts";
import { isShallow, pythonJson } from "./python_json.ts";
import type { PlacedRecord, Records } from "./records.ts";
import { type TarMember, tarMembers } from "./tar_members.ts";

/** The endings of members that hold a picture. */
const PICTURES = /\.(jpe?g|png|webp|gif|bmp|tiff?|avif|jp2|jxl|heic|ppm|img|image)$/i;

/** The endings of members that hold what no format reads. */
const UNREAD = /\.(mp4|webm|mkv|avi|mov|mpg|mpeg|wav|mp3|flac|ogg|m4a|opus|npy|npz|pth?|pyd|pickle|pkl)$/i;

/**
 * The records of a webdataset: a tar archive whose members stand together that have one name up to its first
 * dot. A record is such a member in JSON, with the pictures beside it.
 *
 * Opening the file reads it once and keeps where each record lies, in 16 bytes a record.
 * Source: webdataset `tariterators.py`, `base_plus_ext` and `group_by_keys`.
 */
export class TarRecords implements Records {
  readonly #begins: number[] = [];
  #end = 0;

  private constructor(readonly bytes: DataSetBytes, readonly most: number) {}

  /**
   * Finds the records of an archive.
   * @param most the most bytes that a record may have, its pictures included
   * @throws {VitrailError} `dataset` where it is not a whole tar.
   */
  static async open(bytes: DataSetBytes, most: number = RECORD_BYTES): Promise<TarRecords> {
    const records = new TarRecords(bytes, most);
    let key: string | undefined, length = 0;
    async function* counted() {
      for await (const chunk of bytes.chunks()) {
        length += chunk.length;
        yield chunk.slice(); // the reader of members keeps it
      }
    }
    for await (const member of tarMembers(counted(), bytes.path)) {
      const own = keyOf(member.name);
      if (own !== undefined && own !== key) {
        records.#begins.push(member.begin);
        key = own;
      }
      records.#end = member.content + member.size;
    }
    records.#requireEnd(length);
    return records;
  }

  /** Checks that the archive has its end, a block of zeros, behind its last member. */
  #requireEnd(length: number): void {
    const from = length - 512;
    if (from >= this.#end && this.bytes.between(from, length).every((byte) => byte === 0)) return;
    throw new VitrailError(
      "dataset",
      `${this.bytes.path} is no whole tar: after ${length} bytes it is cut short (no block of zeros ends it)`,
    );
  }

  get length(): number {
    return this.#begins.length;
  }

  get sha256(): string {
    return this.bytes.sha256;
  }

  async read(index: number): Promise<PlacedRecord> {
    const { path } = this.bytes, begin = this.#begins[index], end = this.#begins[index + 1] ?? this.#end;
    const where = `sample ${index + 1} of ${path}`;
    if (end - begin > this.most) {
      throw new VitrailError(
        "dataset",
        `${where} has ${end - begin} bytes with its pictures, ${this.most} is the most that one may have`,
      );
    }
    const bytes = this.bytes.between(begin, end), members: TarMember[] = [];
    const padding = new Uint8Array((512 - bytes.length % 512) % 512);
    for await (const member of tarMembers([bytes, padding], path)) {
      if (keyOf(member.name) !== undefined) members.push(member);
    }
    if (members.length === 0) throw changedFile(path);
    const contentOf = ({ content, size }: TarMember) => bytes.subarray(content, content + size);
    const pictures = members.filter(({ name }) => PICTURES.test(name));
    const text = textMember(members, where);
    return {
      value: objectOf(contentOf(text), text.name, where),
      place: `member ${text.name}`,
      members: new Map(pictures.map((member) => [member.name, contentOf(member)])),
    };
  }

  [Symbol.dispose](): void {
    this.bytes[Symbol.dispose]();
  }
}

/** Returns the name of a member up to its first dot; undefined for a hidden file. */
function keyOf(name: string): string | undefined {
  return /^((?:.*\/)?[^./][^./]*)\.[^/]*$/.exec(name)?.[1];
}

/** Returns the member of a record that holds its text. */
function textMember(members: readonly TarMember[], where: string): TarMember {
  const names = members.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new VitrailError("dataset", `${where} has two members ${twice}`);
  const unread = names.find((name) => UNREAD.test(name));
  if (unread !== undefined) {
    throw new VitrailError("dataset", `${where} has the member ${unread}, which no format reads`);
  }
  const texts = members.filter(({ name }) => /\.json$/i.test(name));
  if (texts.length === 1) return texts[0];
  throw new VitrailError(
    "dataset",
    `${where} has ${texts.length === 0 ? "no" : texts.length} .json members, one is expected; it has ` +
      `${names.join(", ")} (a sample's members have one name up to its first dot, and stand together)`,
  );
}

function objectOf(bytes: Uint8Array, name: string, where: string): Record<string, unknown> {
  let value: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!isShallow(text, DEEPEST)) throw tooDeep(`${where}: the member ${name}`);
    value = pythonJson(text);
  } catch (cause) {
    if (cause instanceof VitrailError) throw cause;
    const reason = cause instanceof SyntaxError ? `JSON (${messageOf(cause)})` : "UTF-8";
    throw new VitrailError("dataset", `${where}: the member ${name} is not ${reason}`, { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new VitrailError("dataset", `${where}: the member ${name} holds no object, {"conversations": …}`);
}
