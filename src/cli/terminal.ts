/** Where a command speaks. */
export interface Terminal {
  /** Writes a line of the result to standard output. */
  out(text: string): void;
  /** Writes a line for people to standard error. */
  err(text: string): void;
  /** Shows what is under way in place of what it showed before; absent where nobody watches. */
  status?(text: string): void;
}

/** The process's own standard output and error; `status` only where standard error is a terminal. */
export function processTerminal(): Terminal {
  const terminal: Terminal = { out: (text) => console.log(text), err: (text) => console.error(text) };
  if (!Deno.stderr.isTerminal()) return terminal;
  const bytes = new TextEncoder();
  terminal.status = (text) => Deno.stderr.writeSync(bytes.encode(`\r\x1b[K${text}`));
  return terminal;
}
