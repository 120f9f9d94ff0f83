import { Buffer } from "node:buffer";
import { MIMEType } from "node:util";
import { messageOf, VitrailError } from "../../errors.ts";
import { requireOptions } from "../../given/given_options.ts";
import { isObject } from "../../given/given_value.ts";
import { Refusal } from "../answers/error_answer.ts";
import type { ServiceLimits } from "../service_limits.ts";
import { requireSmallJson } from "./json_outline.ts";

/** The fields of a request's JSON, and the other parts of a body that has several, by name. */
export interface GivenRequest {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly parts: ReadonlyMap<string, Uint8Array>;
}

/** The part of a body of several parts that holds the JSON. */
const JSON_PART = "request";

/**
 * Reads a body: JSON, or `multipart/form-data` whose part `request` is that JSON, and whose other parts are
 * pictures.
 *
 * @param names the fields that there are
 * @param where the request in messages: `POST /plan`
 * @throws {Refusal} 415 for another type, 400 for what cannot be read; `usage` for a field that there is not;
 * what {@linkcode requireSmallJson} throws.
 */
export async function readFields(
  bytes: Uint8Array<ArrayBuffer>,
  type: string,
  names: Readonly<Record<string, true>>,
  where: string,
  limits: Pick<ServiceLimits, "maxText" | "maxPictures">,
): Promise<GivenRequest> {
  const [kind] = type.toLowerCase().split(";").map((text) => text.trim());
  const given = kind === "application/json"
    ? { json: bytes, parts: new Map() }
    : kind === "multipart/form-data"
    ? await formOf(bytes, type, limits)
    : undefined;
  if (given === undefined) {
    throw new Refusal(
      415,
      "usage",
      `a body is application/json or multipart/form-data, found ${kind || "no type"}`,
    );
  }
  requireSmallJson(given.json, limits);
  const fields = jsonOf(textOf(given.json));
  if (!isObject(fields)) throw new Refusal(400, "usage", "the body's JSON is to be an object");
  requireOptions(where, fields, names);
  return { fields, parts: given.parts };
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Refusal(400, "usage", "the body is not UTF-8");
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal(400, "usage", `the body is not JSON: ${messageOf(error)}`);
  }
}

/** Returns the JSON of a body of several parts, and the bytes of the others. */
async function formOf(
  bytes: Uint8Array<ArrayBuffer>,
  type: string,
  { maxPictures }: Pick<ServiceLimits, "maxPictures">,
) {
  requireFewParts(bytes, type, maxPictures + 1);
  const parts = new Map<string, Uint8Array>();
  let json: Uint8Array | undefined;
  for (const [name, value] of await entriesOf(bytes, type)) {
    const own = typeof value === "string" ? value : new Uint8Array(await value.arrayBuffer());
    if (name === JSON_PART) json = typeof own === "string" ? new TextEncoder().encode(own) : own;
    else if (typeof own === "string") throw notAFile(name);
    else if (parts.has(name)) {
      throw new VitrailError("usage", `there are two parts named "${name.slice(0, 40)}"`);
    } else parts.set(name, own);
  }
  if (json !== undefined) return { json, parts };
  throw new Refusal(400, "usage", `the body has no part "${JSON_PART}" with the JSON`);
}

/**
 * Holds a body to so many parts before it is parsed: thousands of empty ones keep all others waiting.
 * @throws {VitrailError} `limit` for more.
 */
function requireFewParts(bytes: Uint8Array<ArrayBuffer>, type: string, most: number): void {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), boundary = boundaryOf(type);
  if (boundary === null) return; // it cannot be parsed
  let marks = 0; // one before each part, and one behind the last
  for (let at = body.indexOf(boundary); at >= 0; at = body.indexOf(boundary, at + boundary.length)) {
    if (++marks <= most + 1) continue;
    throw new VitrailError("limit", `the body has more than ${most} parts; --max-pictures allows more`);
  }
}

/** Returns what stands between parts; null where a type does not say, or cannot be read. */
function boundaryOf(type: string): string | null {
  try {
    const boundary = new MIMEType(type).params.get("boundary");
    return boundary ? `--${boundary}` : null;
  } catch {
    return null;
  }
}

async function entriesOf(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<FormData> {
  try {
    return await new Response(bytes, { headers: { "content-type": type } }).formData();
  } catch (error) {
    throw new Refusal(400, "usage", `the body is no multipart/form-data: ${messageOf(error)}`);
  }
}

function notAFile(name: string): VitrailError {
  const part = `the part "${name.slice(0, 40)}"`;
  return new VitrailError("usage", `${part} is no file; give it a filename, or put it in "${JSON_PART}"`);
}
