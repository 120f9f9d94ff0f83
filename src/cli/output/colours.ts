import { styleText } from "node:util";

/** A look of text on a terminal. */
export type Look = "bold" | "dim" | "red" | "green" | "cyan";

/**
 * Tells if a stream's text has colours. A variable `NO_COLOR` that is not empty says no, whatever else is
 * set. `FORCE_COLOR` says yes, unless it is `0` or `false`. Otherwise a terminal has them, but for a dumb
 * one.
 * @param variable returns an environment variable, or undefined where it is not set or may not be read
 */
export function hasColours(
  isTerminal: boolean,
  variable: (name: string) => string | undefined,
): boolean {
  if (variable("NO_COLOR")) return false;
  const forced = variable("FORCE_COLOR");
  if (forced !== undefined) return !["0", "false"].includes(forced);
  return isTerminal && variable("TERM") !== "dumb";
}

/** Returns a text with a look, where the stream it goes to has colours. */
export function painted(colours: boolean | undefined, look: Look, text: string): string {
  return colours ? styleText(look, text, { validateStream: false }) : text;
}
