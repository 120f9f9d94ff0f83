import { messageOf, VitrailError } from "../../errors.ts";

/** The streams that a command writes to. */
export interface Terminal {
  /** Writes a line of the result to standard output. */
  out(text: string): void;
  /** Writes a line for people to standard error. */
  err(text: string): void;
  /** Shows the progress of the work, in place of what it showed before; absent where nobody watches. */
  status?(text: string): void;
}

/** Returns the process's own standard output and error, with `status` where standard error is a terminal. */
export function processTerminal(): Terminal {
  const terminal: Terminal = { out: (text) => console.log(text), err: (text) => console.error(text) };
  if (!Deno.stderr.isTerminal()) return terminal;
  const bytes = new TextEncoder();
  terminal.status = (text) => Deno.stderr.writeSync(bytes.encode(`\r\x1b[K${text}`));
  return terminal;
}

/**
 * Returns an `onProgress` that shows counts of pictures, and wipes the last; undefined where nobody watches.
 */
export function pictureCounter(
  { status }: Pick<Terminal, "status">,
): ((done: number, total: number) => void) | undefined {
  return status && ((done, total) => status(done < total ? `${done} of ${total} pictures` : ""));
}

/** Prints a command's result: with `json` as the one JSON document, without as text for people. */
export function print(terminal: Terminal, json: boolean, document: unknown, text: () => string): void {
  if (json) printDocument(terminal, document);
  else terminal.out(text());
}

/** Prints a JSON document. */
export function printDocument(terminal: Terminal, document: unknown): void {
  terminal.out(JSON.stringify(document, null, 2));
}

/** Returns an error as `--json` gives it. */
export function errorDocument(error: unknown): { code: string; message: string } {
  const code = error instanceof VitrailError ? error.code : "internal";
  return { code, message: messageOf(error) };
}
