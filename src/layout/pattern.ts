import { type Lexeme, lexemesOf, syntaxError } from "./lexer.ts";
import { Memo } from "./memo.ts";

/**
 * One part of an axis, which no pattern divides further: a name, or an integer that gives a size only. The
 * axis `(h 336)` has the factors `h` and `336`.
 */
export interface Factor {
  /** The name. An integer's is made of it and its occurrence on its side: the second 336 is `336#2`. */
  readonly name: string;
  /** The factor as the pattern spells it. */
  readonly text: string;
  /** The size, where the pattern spells an integer. */
  readonly literal?: number;
  /** The index of its first character in the pattern. */
  readonly at: number;
}

/** One axis of a tensor: the factors that it is the product of, slowest first; `1` and `()` have none. */
export type Axis = readonly Factor[];

/** Returns an axis as a pattern spells it: `h`, `(h p)` or `1`. */
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

/** The patterns that were parsed last; a recipe asks for the same few again and again. */
const PARSED = new Memo<Pattern>(256);

/**
 * Parses an einops-style pattern `left -> right`. Each side is a list of axes; an axis is a name, an integer,
 * or several of them in parentheses. A text that was parsed lately gives the same object again.
 *
 * Equal integers pair in order of appearance: the first 336 on the left is the first 336 on the right. `1` is
 * an axis of one element and may stand anywhere. A name may stand only on the right, where it repeats, and
 * never only on the left.
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
  return PARSED.resultOf(text, () => parsed(text));
}

/** Parses a pattern anew. */
function parsed(text: string): Pattern {
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

/** Returns the axes that one side's lexemes spell. */
function sideOf(text: string, lexemes: readonly Lexeme[]): Axis[] {
  const axes: Factor[][] = [];
  const seen = new Set<string>();
  const occurrences = new Map<number, number>();
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
      const factor = factorOf(text, lexeme, occurrences);
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

/** Returns the factor that a lexeme spells, none for a 1. `occurrences` has each integer's on this side. */
function factorOf(text: string, lexeme: Lexeme, occurrences: Map<number, number>): Factor | undefined {
  if (lexeme.kind === "name") return { name: lexeme.text, text: lexeme.text, at: lexeme.at };
  const literal = Number(lexeme.text);
  if (literal === 0 || !Number.isSafeInteger(literal)) {
    throw syntaxError(text, lexeme.at, `an axis cannot be ${lexeme.text} long`);
  }
  if (literal === 1) return undefined;
  const occurrence = (occurrences.get(literal) ?? 0) + 1;
  occurrences.set(literal, occurrence);
  return { name: `${literal}#${occurrence}`, text: lexeme.text, literal, at: lexeme.at };
}

/** Requires that each axis stands on both sides. A name may stand only on the right: it repeats. */
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
