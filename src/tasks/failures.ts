import { withoutColour } from "./tally.ts";

/** A test that failed. */
export interface Failure {
  readonly name: string;
  /** The lines that say why, without those of the stack and empty ones. */
  readonly why: readonly string[];
}

/** The most lines that failures are told in, the most of one of them, and the widest that a line may be. */
const MOST_LINES = 60, MOST_OF_ONE = 8, WIDEST = 300;

/** The headings that `deno test` prints above and below what its failures say. */
const ERRORS = / ERRORS $/, NAMES = / FAILURES $/;

/** The first line of a failure there: of a test, or of a file that cannot be loaded. */
const HEADER = /^(.+) => \S+:\d+:\d+$|^(\S+) \(uncaught error\)$/;

/** The first line of a failure in Vitrail's own reports: of a page, of Node, of the attack. */
const OWN = /^FAILED (?!\|)(.+)$/;

/** A line of a stack. */
const STACK = /^ +at |^\s*\^\s*$/;

/**
 * Returns the failures that a step of the gate has printed, in its order. Where it has named none, as one
 * that dies, its last words are the failure.
 * @param step the step's name, which begins theirs
 */
export function failuresOf(step: string, output: string): Failure[] {
  const failures: { name: string; why: string[] }[] = [];
  const lines = withoutColour(output).split("\n");
  let last: string[] | undefined, inErrors = false;
  for (const line of lines) {
    const [, name] = OWN.exec(line) ?? [], [, test, file] = (inErrors && HEADER.exec(line)) || [];
    if (ERRORS.test(line) || NAMES.test(line)) {
      inErrors = ERRORS.test(line);
      last = undefined;
    } else if ((name ?? test ?? file) !== undefined) {
      failures.push({ name: `${step}: ${name ?? test ?? file}`, why: last = [] });
    } else if (line.trim() === "") {
      if (!inErrors) last = undefined;
    } else if (!STACK.test(line)) last?.push(line.trim());
  }
  if (failures.length > 0) return failures;
  const said = lines.map((line) => line.trim()).filter((line) => line !== "");
  return [{ name: step, why: said.slice(1 - MOST_OF_ONE) }];
}

/** Returns failures as text for the end of a long output: no more than a screen or two. */
export function failuresText(failures: readonly Failure[]): string {
  const each = Math.max(2, Math.min(MOST_OF_ONE, Math.floor(MOST_LINES / failures.length)));
  const shown = failures.slice(0, Math.floor(MOST_LINES / each));
  const lines = shown.flatMap(({ name, why }) => [
    `FAILED ${name}`,
    ...why.slice(0, each - 1).map((line) => `  ${line}`),
  ]);
  const rest = failures.length - shown.length;
  if (rest > 0) lines.push(`and ${rest} others, told above`);
  return lines.map((line) => line.length > WIDEST ? `${line.slice(0, WIDEST - 1)}…` : line).join("\n");
}
