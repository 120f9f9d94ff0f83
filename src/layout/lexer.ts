import { VitrailError } from "../errors.ts";

/** One lexeme of a pattern: a name, an integer, a parenthesis, or the arrow. */
export interface Lexeme {
  /** The kind; `end` stands after the last. */
  readonly kind: "name" | "integer" | "open" | "close" | "arrow" | "end";
  /** The lexeme as written; empty at the end. */
  readonly text: string;
  /** The index of its first character in the pattern. */
  readonly at: number;
}

/** Matches one lexeme, or the space between two, at `lastIndex`. */
const LEXEME =
  /(?<name>[A-Za-z_]\w*)|(?<integer>\d+(?!\w))|(?<open>\()|(?<close>\))|(?<arrow>->)|(?<space>\s+)/y;

/**
 * Returns the lexemes of a pattern, in order; the last is always `end`.
 *
 * @throws {VitrailError} `recipe` at a character that no lexeme begins with.
 */
export function lexemesOf(text: string): Lexeme[] {
  const lexemes: Lexeme[] = [];
  let at = 0;
  while (at < text.length) {
    LEXEME.lastIndex = at;
    const groups = LEXEME.exec(text)?.groups;
    if (groups === undefined) throw syntaxError(text, at, strayText(text, at));
    const [kind, spelt] = Object.entries(groups).find(([, found]) => found !== undefined)!;
    if (kind !== "space") lexemes.push({ kind: kind as Lexeme["kind"], text: spelt, at });
    at += spelt.length;
  }
  lexemes.push({ kind: "end", text: "", at });
  return lexemes;
}

/** Describes the problem at a character that no lexeme begins with. */
function strayText(text: string, at: number): string {
  if (text.startsWith("...", at) || text[at] === "…") {
    return `an ellipsis stands for no particular axes; name each one`;
  }
  if (/\d/.test(text[at])) {
    const spelt = /^\w+/.exec(text.slice(at))![0];
    return `an axis is a name or an integer, and ${spelt} is neither`;
  }
  return `unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(at)!))}`;
}

/** Makes a `recipe` error that names the problem of the pattern `text` and points at its character `at`. */
export function syntaxError(text: string, at: number, problem: string): VitrailError {
  return new VitrailError(
    "recipe",
    `malformed pattern, column ${at + 1}: ${problem}\n  ${text}\n  ${" ".repeat(at)}^`,
  );
}
