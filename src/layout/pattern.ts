import { type Lexeme, lexemesOf, syntaxError } from "./lexer.ts";

/** One axis of the tensor between its two sides: a name, or an integer that names a size only. */
export interface Factor {
  /** The name; for an integer the integer and its turn on its side, so that the second 336 is `336#2`. */
  readonly name: string;
  /** How the pattern spells it. */
  readonly text: string;
  /** The size, where the pattern spells an integer. */
  readonly literal?: number;
  /** The index of its first character in the pattern. */
  readonly at: number;
}

/** One axis of a tensor: the factors that it is the product of, slowest first; `1` and `()` have none. */
export type Axis = readonly Factor[];

/** An axis as a pattern spells it: `h`, `(h p)` or `1`. */
export function axisText(axis: Axis): string {
  if (axis.length === 0) return "1";
  const spelt = axis.map((factor) => factor.text).join(" ");
  return axis.length === 1 ? spelt : `(${spelt})`;
}

/** A rearrangement of axes, as parsed; {@linkcode resolveLayout} fits it to a tensor. */
export interface Pattern {
  /** The pattern as written. */
  readonly text: string;
  /** The axes of the input, outermost first. */
  readonly left: readonly Axis[];
  /** The axes of the output, outermost first. */
  readonly right: readonly Axis[];
}

/**
 * Parses an einops-style pattern: `left -> right`, each side a list of axes, an axis a name, an integer, or several
 * of them in parentheses.
 *
 * Equal integers pair in order of appearance: the first 336 on the left is the first 336 on the right. `1` is an axis
 * of one element and stands wherever one likes. A name only on the right repeats; one only on the left is an error.
 *
 * ```ts
 * import { parsePattern } from "./pattern.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { left } = parsePattern("c (h p) (w q) -> (h w) c p q");
 * assertEquals(left.map((axis) => axis.map((factor) => factor.name)), [["c"], ["h", "p"], ["w", "q"]]);
 * ```
 *
 * @throws {VitrailError} `recipe`, with the pattern and a caret below the offending character.
 */
export function parsePattern(text: string): Pattern {
  const lexemes = lexemesOf(text);
  const arrow = lexemes.findIndex((lexeme) => lexeme.kind === "arrow");
  if (arrow < 0) throw syntaxError(text, lexemes.at(-1)!.at, `an arrow is missing: left -> right`);
  const second = lexemes.slice(arrow + 1).find((lexeme) => lexeme.kind === "arrow");
  if (second !== undefined) throw syntaxError(text, second.at, `a second arrow`);
  const left = sideOf(text, lexemes.slice(0, arrow));
  const right = sideOf(text, lexemes.slice(arrow + 1, -1));
  checkSides(text, left.flat(), right.flat());
  return { text, left, right };
}

/** The axes that one side's lexemes spell. */
function sideOf(text: string, lexemes: readonly Lexeme[]): Axis[] {
  const axes: Factor[][] = [];
  const seen = new Set<string>();
  const turns = new Map<number, number>();
  let opened: Lexeme | undefined;
  for (const lexeme of lexemes) {
    if (lexeme.kind === "open") {
      if (opened !== undefined) throw syntaxError(text, lexeme.at, `a group within a group`);
      opened = lexeme;
      axes.push([]);
    } else if (lexeme.kind === "close") {
      if (opened === undefined) throw syntaxError(text, lexeme.at, `")" without its "("`);
      opened = undefined;
    } else {
      if (opened === undefined) axes.push([]);
      const factor = factorOf(text, lexeme, turns);
      if (factor === undefined) continue;
      if (seen.has(factor.name)) {
        throw syntaxError(text, lexeme.at, `axis ${lexeme.text} stands twice on one side`);
      }
      seen.add(factor.name);
      axes.at(-1)!.push(factor);
    }
  }
  if (opened !== undefined) throw syntaxError(text, opened.at, `"(" without its ")"`);
  return axes;
}

/** The factor that a lexeme spells, nothing for a 1; `turns` counts how often each integer has come. */
function factorOf(text: string, lexeme: Lexeme, turns: Map<number, number>): Factor | undefined {
  if (lexeme.kind === "name") return { name: lexeme.text, text: lexeme.text, at: lexeme.at };
  const literal = Number(lexeme.text);
  if (literal === 0 || !Number.isSafeInteger(literal)) {
    throw syntaxError(text, lexeme.at, `an axis cannot be ${lexeme.text} long`);
  }
  if (literal === 1) return undefined;
  const turn = (turns.get(literal) ?? 0) + 1;
  turns.set(literal, turn);
  return { name: `${literal}#${turn}`, text: lexeme.text, literal, at: lexeme.at };
}

/** Holds the sides against each other: an axis may stand only on the right, unless it is an integer. */
function checkSides(text: string, left: readonly Factor[], right: readonly Factor[]): void {
  const onLeft = new Set(left.map((factor) => factor.name));
  const onRight = new Set(right.map((factor) => factor.name));
  for (const { name, text: spelt, literal, at } of left) {
    if (onRight.has(name)) continue;
    const rule = literal === undefined ? `a rearrangement keeps every axis` : `integers pair in order`;
    throw syntaxError(text, at, `axis ${spelt} stands only on the left, and ${rule}`);
  }
  for (const { name, literal, at } of right) {
    if (literal === undefined || onLeft.has(name)) continue;
    throw syntaxError(
      text,
      at,
      `this ${literal} has no partner on the left; an axis that repeats needs a name`,
    );
  }
}
