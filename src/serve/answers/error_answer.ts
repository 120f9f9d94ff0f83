import { type ErrorCode, messageOf, VitrailError } from "../../errors.ts";
import { NotLoaded } from "../../runtime/loaded.ts";
import type { Answer } from "./answer.ts";

/** An error whose status in HTTP is its own, and not that of its code. */
export class Refusal extends VitrailError {
  /** Creates a refusal with a status; `headers` go with its answer. */
  constructor(
    readonly status: number,
    code: ErrorCode,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(code, message);
  }
}

/** The status in HTTP of an error by its code; those that are not here are the request's own: 422. */
const STATUSES: Partial<Record<ErrorCode, number>> = { limit: 413, device: 503 };

/** The texts of what no client may read more of. */
const INTERNAL = "the service failed at this request; its log says why";
const NOT_LOADED = "a library of the service cannot be loaded; its log says why";

/** Returns the answer of an error: its code and its text in one line, and no stack. */
export function errorAnswer(error: unknown): Answer {
  const ours = error instanceof VitrailError;
  const code = ours ? error.code : "internal";
  const message = error instanceof NotLoaded ? NOT_LOADED : ours ? messageOf(error) : INTERNAL;
  return {
    status: error instanceof Refusal ? error.status : ours ? statusOf(error) : 500,
    headers: error instanceof Refusal ? error.headers : {},
    type: "application/json",
    body: `${JSON.stringify({ error: { code, message } })}\n`,
  };
}

/** Returns the status of an error of ours; what cannot be loaded is no client's fault. */
function statusOf(error: VitrailError): number {
  return error instanceof NotLoaded ? 503 : STATUSES[error.code] ?? 422;
}
