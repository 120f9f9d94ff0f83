/** What kind of thing went wrong; callers branch on it, people read the message. */
export type ErrorCode = "decode" | "shape" | "recipe" | "limit" | "dataset" | "device" | "io" | "usage";

/** Every error that a caller can cause: what was asked, what was found and what would be right. */
export class VitrailError extends Error {
  override readonly name = "VitrailError";
  /** The kind of failure. */
  readonly code: ErrorCode;

  /** Creates an error of kind `code`; `cause` keeps the underlying one for debuggers. */
  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** The message of anything thrown, on one line. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, " ").trim();
}

/** @throws {VitrailError} `usage` for an option that is given and is none of `choices`. */
export function requireChoice(name: string, value: unknown, choices: readonly unknown[]): void {
  if (value === undefined || choices.includes(value)) return;
  throw new VitrailError("usage", `${name} is one of ${choices.join(", ")}, found ${JSON.stringify(value)}`);
}
