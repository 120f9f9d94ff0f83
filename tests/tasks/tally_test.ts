import { assertEquals } from "@std/assert";
import { tallyOf, tallyText } from "../../src/tasks/tally.ts";

/** What `deno test` prints last, its exit code, and the line that must come of it. */
const RUNS: [string, string, number, string][] = [
  ["all pass", "ok | 12 passed | 0 failed (1s)", 0, "12 passed, 0 failed"],
  ["some are ignored", "ok | 3 passed | 0 failed | 2 ignored (5ms)", 0, "3 passed, 0 failed, 2 skipped"],
  [
    "steps",
    "FAILED | 2 passed (1 step) | 3 failed (1 step) | 1 ignored (4 steps) (9ms)",
    1,
    "2 passed, 3 failed, 5 skipped",
  ],
  ["filtered", "ok | 1 passed | 0 failed | 7 filtered out (2ms)", 0, "1 passed, 0 failed"],
  [
    "colours",
    "\x1b[0m\x1b[32mok\x1b[0m | 1 passed | 0 failed \x1b[0m\x1b[38;5;245m(2ms)\x1b[0m",
    0,
    "1 passed, 0 failed",
  ],
  [
    "a test that prints such a line",
    "ok | 9 passed | 9 failed (1s)\nok | 1 passed | 0 failed (2ms)",
    0,
    "1 passed, 0 failed",
  ],
  ["a sanitizer's failure", "ok | 4 passed | 0 failed (1s)", 1, "4 passed, 1 failed"],
  ["types that do not fit", "", 1, "0 passed, 1 failed"],
  ["no tests", "", 0, "0 passed, 0 failed"],
];

for (const [name, output, code, expected] of RUNS) {
  Deno.test(`tally: ${name}`, () => assertEquals(tallyText(tallyOf(`noise\n${output}\n\n`, code)), expected));
}
