import { VitrailError } from "../errors.ts";

/** One word of a pattern. */
export interface Lexeme {
  readonly kind: "name" | "integer" | "open" | "close" | "arrow" | "end";
  readonly text: string;
  /** The index of its first character. */
  readonly at: number;
}

const WORD =
  /(?<name>[A-Za-z_]\w*)|(?<integer>\d+(?!\w))|(?<open>\()|(?<close>\))|(?<arrow>->)|(?<space>\s+)/y;

/**
 * The words of a pattern; the last is always `end`.
 *
 * @throws {VitrailError} `recipe`, at a character that no word begins with.
 */
export function lexemesOf(text: string): Lexeme[] {
  const lexemes: Lexeme[] = [];
  let at = 0;
  while (at < text.length) {
    WORD.lastIndex = at;
    const groups = WORD.exec(text)?.groups;
    if (groups === undefined) throw syntaxError(text, at, strayText(text, at));
    const [kind, word] = Object.entries(groups).find(([, found]) => found !== undefined)!;
    if (kind !== "space") lexemes.push({ kind: kind as Lexeme["kind"], text: word, at });
    at += word.length;
  }
  lexemes.push({ kind: "end", text: "", at });
  return lexemes;
}

/** What to say of a character that no word begins with. */
function strayText(text: string, at: number): string {
  if (text.startsWith("...", at) || text[at] === "…") {
    return `an ellipsis stands for no particular axes; name each one`;
  }
  if (/\d/.test(text[at])) {
    return `an axis is a name or an integer, and ${/^\w+/.exec(text.slice(at))![0]} is neither`;
  }
  return `unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(at)!))}`;
}

/** A `recipe` error that says what is wrong with the pattern `text` and points at its character `at`. */
export function syntaxError(text: string, at: number, problem: string): VitrailError {
  return new VitrailError(
    "recipe",
    `malformed pattern, column ${at + 1}: ${problem}\n  ${text}\n  ${" ".repeat(at)}^`,
  );
}
