/** Tests, counted by their ends. */
export interface Tally {
  /** Those that passed. */
  readonly passed: number;
  /** Those that failed. */
  readonly failed: number;
  /** Those that were skipped. */
  readonly skipped: number;
}

/** The codes by which a terminal's text gets its colours: escape, `[`, numbers, `m`. */
const COLOUR = new RegExp(`${String.fromCharCode(0x1b)}\\[[\\d;]*m`, "g");

/** Returns what a program printed for a terminal as plain text. */
export function withoutColour(output: string): string {
  return output.replaceAll(COLOUR, "");
}

/** The tally of no tests. */
export const NONE: Tally = { passed: 0, failed: 0, skipped: 0 };

/** The tally of one failure, of something that is no test. */
export const FAILURE: Tally = { passed: 0, failed: 1, skipped: 0 };

/** Returns the sum of two tallies. */
export function added(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** Returns a tally as text: `12 passed, 0 failed, 3 skipped`, the skipped only where there are some. */
export function tallyText({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed` + (skipped > 0 ? `, ${skipped} skipped` : "");
}

/**
 * Reads the last line that sums up a run of `deno test`, such as
 * `FAILED | 2 passed (1 step) | 3 failed (1 step) | 1 ignored (1 step) (49ms)`.
 *
 * Deno's JUnit report will not do: it leaves out a test file that throws while it is loaded. A step that is
 * ignored counts as skipped beside its test, which passes. Without such a line, or where the exit code tells
 * of a failure that the line does not, one failure is counted.
 */
export function tallyOf(output: string, code: number): Tally {
  const line = [...withoutColour(output).matchAll(/^(?:ok|FAILED) \| \d+ passed.*$/gm)].at(-1)?.[0];
  if (line === undefined) return code === 0 ? NONE : FAILURE;
  const count = (pattern: RegExp): number => Number(pattern.exec(line)?.[1] ?? 0);
  const tally = {
    passed: count(/\| (\d+) passed/),
    failed: count(/\| (\d+) failed/),
    skipped: count(/\| (\d+) ignored/) + count(/ignored \((\d+) step/),
  };
  return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

/**
 * Reads the last line of a task of tests, as {@linkcode tallyText} writes it. Without one a failure is
 * counted.
 */
export function tallyOfText(output: string, code: number): Tally {
  const line = output.trimEnd().split("\n").at(-1) ?? "";
  const counts = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(line);
  if (counts === null) return FAILURE;
  const [passed, failed, skipped] = counts.slice(1).map((count) => Number(count ?? 0));
  return code !== 0 && failed === 0 ? { passed, failed: 1, skipped } : { passed, failed, skipped };
}
