import type { Answer } from "../answers/answer.ts";
import type { Deadline } from "../deadline.ts";
import type { ServiceParts } from "../service_parts.ts";

/** Data as JSON holds it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** One thing that a service answers. */
export interface Route {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** Its description, as OpenAPI has it. */
  readonly operation: { readonly [name: string]: Json };
  /**
   * Answers a request.
   * @throws {VitrailError} whatever is wrong with it; the deadline's reason once that is over.
   */
  answer(request: Request, parts: ServiceParts, deadline: Deadline): Answer | Promise<Answer>;
}

/** Returns data as an answer. */
export function jsonAnswer(data: unknown, status = 200): Answer {
  return { status, type: "application/json", body: `${JSON.stringify(data)}\n` };
}
