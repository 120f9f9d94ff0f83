import type { Terminal } from "../terminal.ts";

/** An `onProgress` that counts pictures on a terminal, and wipes its line after the last; absent where nobody watches. */
export function progressOn(
  { status }: Pick<Terminal, "status">,
): ((done: number, total: number) => void) | undefined {
  return status && ((done, total) => status(done < total ? `${done} of ${total} pictures` : ""));
}
