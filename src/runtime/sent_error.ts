import { type ErrorCode, messageOf, VitrailError } from "../errors.ts";
import { NotLoaded } from "./loaded.ts";

/** An error as it crosses to another thread: its texts, since what else it holds may not cross. */
export type SentError =
  | { code: ErrorCode; message: string; notLoaded: boolean }
  | { name: string; message: string; stack?: string };

/** Returns an error as it crosses. */
export function sentError(error: unknown): SentError {
  if (error instanceof VitrailError) {
    return { code: error.code, message: error.message, notLoaded: error instanceof NotLoaded };
  }
  if (!(error instanceof Error)) return { name: "Error", message: messageOf(error) };
  const { name, message, stack } = error;
  return { name: `${name}`, message: `${message}`, stack: stack && `${stack}` };
}

/** An error of another thread that is none of ours. It keeps the name and the stack that it had there. */
class CrossedError extends Error {
  constructor({ name, message, stack }: { name: string; message: string; stack?: string }) {
    super(message);
    this.name = name;
    this.stack = stack;
  }
}

/** Returns an error that crossed: ours, or one with another's name, message and stack. */
export function errorOf(sent: SentError): Error {
  if (!("code" in sent)) return new CrossedError(sent);
  return sent.notLoaded ? new NotLoaded(sent.message) : new VitrailError(sent.code, sent.message);
}
