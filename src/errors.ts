/**
 * The kind of a failure. Callers branch on it, people read the message.
 * - `decode`: a file is no picture that can be read.
 * - `shape`: pictures, tensors or sizes do not fit.
 * - `recipe`: a recipe, or its configuration, is wrong.
 * - `limit`: the work is too large for memory, for the device, or for one array.
 * - `dataset`: a data set, its samples or its template is wrong.
 * - `device`: the GPU is missing, or failed.
 * - `io`: a file cannot be read or written.
 * - `usage`: a call, or a command, is not made as it should be.
 */
export type ErrorCode = "decode" | "shape" | "recipe" | "limit" | "dataset" | "device" | "io" | "usage";

/** An error that a caller can cause. It says what was asked, what was found and what would be right. */
export class VitrailError extends Error {
  /** The name of the class. */
  override readonly name = "VitrailError";
  /** The kind of failure. */
  readonly code: ErrorCode;

  /** Creates an error of the kind `code`; `cause` keeps the underlying one for debuggers. */
  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Returns the message of anything thrown, on one line. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, " ").trim();
}

/**
 * Requires that an option is one of `choices`, or absent.
 * @throws {VitrailError} `usage` where it is none of them.
 */
export function requireChoice(name: string, value: unknown, choices: readonly unknown[]): void {
  if (value === undefined || choices.includes(value)) return;
  throw new VitrailError("usage", `${name} is one of ${choices.join(", ")}, found ${JSON.stringify(value)}`);
}
