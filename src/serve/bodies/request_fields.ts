import { VitrailError } from "../../errors.ts";
import { requireGiven } from "../../given/given_value.ts";
import type { Deadline } from "../deadline.ts";
import type { RequestField } from "../openapi/request_schemas.ts";
import type { ServiceParts } from "../service_parts.ts";
import { FetchRoom } from "./fetch_room.ts";
import { type Body, readBody } from "./read_body.ts";
import { type GivenRequest, readFields } from "./read_fields.ts";

/** The fields of a request, held to their kinds. */
export interface RequestFields {
  readonly messages?: unknown;
  readonly sizes?: readonly unknown[];
  readonly tools?: readonly unknown[];
  readonly generation_prompt?: boolean;
  readonly hash?: boolean;
}

/** A request that was read. It holds the memory of its body and of what is fetched until it is disposed. */
export interface ReadRequest extends Disposable {
  readonly fields: RequestFields;
  readonly parts: GivenRequest["parts"];
  /** The memory of the pictures that are fetched for it. */
  readonly room: FetchRoom;
}

/**
 * Reads a request of some fields.
 * @param where the request in messages: `POST /plan`
 * @throws {VitrailError} what {@linkcode readBody} and {@linkcode readFields} throw; `usage` for a field of
 * another kind, and for neither messages nor sizes, or both.
 */
export async function readRequest(
  request: Request,
  where: string,
  names: readonly RequestField[],
  { limits, bodies, fetches, model }: ServiceParts,
  deadline: Deadline,
): Promise<ReadRequest> {
  const body: Body = await readBody(request, limits, bodies, deadline);
  try {
    const known = Object.fromEntries(names.map((name) => [name, true] as const));
    const type = request.headers.get("content-type") ?? "";
    const { fields, parts } = await readFields(body.bytes, type, known, where, limits);
    requireKinds(fields, names);
    for (const name of ["tools", "generation_prompt"]) {
      if (fields[name] === undefined || model.texts) continue;
      throw new VitrailError("usage", `${name} is for texts, and this service has no tokenizer`);
    }
    const room = new FetchRoom(limits.maxBody, fetches);
    const free = () => [body, room].forEach((held) => held[Symbol.dispose]());
    return { fields, parts, room, [Symbol.dispose]: free };
  } catch (error) {
    body[Symbol.dispose]();
    throw error;
  }
}

function requireKinds(fields: Readonly<Record<string, unknown>>, names: readonly RequestField[]): void {
  for (const name of ["sizes", "tools"]) {
    if (fields[name] !== undefined) requireGiven(name, fields[name], "a list");
  }
  for (const name of ["generation_prompt", "hash"]) {
    if (fields[name] !== undefined) requireGiven(name, fields[name], "true or false");
  }
  const given = (["messages", "sizes"] as const).filter((name) => fields[name] !== undefined);
  if (given.length === 1) return;
  const [wanted, none] = names.includes("sizes")
    ? ["messages or sizes, one of them", "neither"]
    : ["messages", "none"];
  throw new VitrailError("usage", `the body wants ${wanted}, found ${given.join(" and ") || none}`);
}
