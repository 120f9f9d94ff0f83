import { messageOf, VitrailError } from "../../errors.ts";
import { hasColours } from "./colours.ts";
import { TEXT_WIDTH } from "./table.ts";

/** The streams that a command writes to. */
export interface Terminal {
  /** Writes a line of the result to standard output. */
  out(text: string): void;
  /** Writes a line for people to standard error. */
  err(text: string): void;
  /** Shows the progress of the work, in place of what it showed before; absent where nobody watches. */
  status?(text: string): void;
  /** The width of the window, in characters; absent where standard output goes to none. */
  readonly columns?: number;
  /** The streams whose text has colours; absent for neither. */
  readonly colours?: { readonly out: boolean; readonly err: boolean };
}

/** The narrowest and the widest that prose is set, in characters, whatever the window's width. */
const NARROWEST = 40, WIDEST = 100;

/** Returns the width that prose and lists are wrapped at, in characters. */
export function textWidth({ columns = TEXT_WIDTH }: Pick<Terminal, "columns">): number {
  return Math.max(NARROWEST, Math.min(WIDEST, columns));
}

/** Returns the process's own standard output and error, with `status` where standard error is a terminal. */
export function processTerminal(): Terminal {
  const [out, err] = [Deno.stdout, Deno.stderr].map((stream) => stream.isTerminal());
  const bytes = new TextEncoder(), dumb = variable("TERM") === "dumb";
  return {
    out: (text) => console.log(text),
    err: (text) => console.error(text),
    ...(err && !dumb && {
      status: (text: string) => Deno.stderr.writeSync(bytes.encode(`\r\x1b[K${cutToWindow(text)}`)),
    }),
    ...(out && { columns: Deno.consoleSize().columns }),
    colours: { out: hasColours(out, variable), err: hasColours(err, variable) },
  };
}

/** Returns an environment variable; undefined where it is not set, or may not be read. */
export function variable(name: string): string | undefined {
  // Deno looks at this one itself, and needs no permission for it.
  if (name === "NO_COLOR") return Deno.noColor ? "1" : undefined;
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) : undefined;
}

/** Returns as much of a line as the window has room for, which it would otherwise break. */
function cutToWindow(text: string): string {
  return [...text].slice(0, Deno.consoleSize().columns - 1).join("");
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
