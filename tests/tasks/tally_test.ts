import { assertEquals } from "@std/assert";
import { added, type Tally, tallyOf, tallyOfText, tallyText } from "../../src/tasks/tally.ts";

/**
 * The name of a run of `deno test`, what it printed last, its exit code, and the line that must come of it.
 */
const RUNS: [name: string, printed: string, code: number, text: string][] = [
  ["tests that pass", "ok | 12 passed | 0 failed (1s)", 0, "12 passed, 0 failed"],
  ["tests ignored", "ok | 3 passed | 0 failed | 2 ignored (5ms)", 0, "3 passed, 0 failed, 2 skipped"],
  [
    "steps",
    "FAILED | 2 passed (1 step) | 3 failed (1 step) | 1 ignored (4 steps) (9ms)",
    1,
    "2 passed, 3 failed, 5 skipped",
  ],
  ["tests filtered out", "ok | 1 passed | 0 failed | 7 filtered out (2ms)", 0, "1 passed, 0 failed"],
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

for (const [name, printed, code, text] of RUNS) {
  Deno.test(`tallyOf counts a run of deno test: ${name}`, () => {
    assertEquals(tallyText(tallyOf(`noise\n${printed}\n\n`, code)), text);
  });
}

Deno.test("tallyOfText reads what tallyText writes, as the last line of a task", () => {
  const tallies: Tally[] = [
    { passed: 12, failed: 0, skipped: 0 },
    { passed: 3, failed: 4, skipped: 5 },
  ];
  for (const tally of tallies) {
    const text = `1 passed, 1 failed\nnoise\n${tallyText(tally)}\n`;
    assertEquals(tallyOfText(text, tally.failed > 0 ? 1 : 0), tally);
  }
});

Deno.test("tallyOfText counts a failure where the last line tells of none, and where there is none", () => {
  const failure = { passed: 0, failed: 1, skipped: 0 };
  assertEquals(tallyOfText("2 passed, 0 failed", 1), { passed: 2, failed: 1, skipped: 0 });
  for (const code of [0, 1]) {
    assertEquals(tallyOfText("", code), failure);
    assertEquals(tallyOfText("2 passed, 0 failed\nerror: killed\n", code), failure);
  }
});

Deno.test("added sums tallies up", () => {
  const [a, b] = [{ passed: 1, failed: 2, skipped: 3 }, { passed: 10, failed: 20, skipped: 30 }];
  assertEquals(added(a, b), { passed: 11, failed: 22, skipped: 33 });
});
