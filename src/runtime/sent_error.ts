import { type ErrorCode, VitrailError } from "../errors.ts";

/** An error as it crosses to another thread: ours by its code, any other as it is. */
export type SentError = { code: ErrorCode; message: string } | { thrown: unknown };

/** Returns an error as it crosses. */
export function sentError(error: unknown): SentError {
  return error instanceof VitrailError ? { code: error.code, message: error.message } : { thrown: error };
}

/** Returns an error that crossed. */
export function errorOf(sent: SentError): unknown {
  return "thrown" in sent ? sent.thrown : new VitrailError(sent.code, sent.message);
}
