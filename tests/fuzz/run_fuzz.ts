/**
 * `deno task fuzz`: attacks Vitrail by each row of `rows/` in turn, with cases that a seed and a number
 * decide. What it finds lies in a folder, where another run goes on.
 *
 *     --minutes N    ends after so long, each row with an equal share (2)
 *     --cases N      ends each row when it has had so many cases, those of earlier runs included
 *     --seed S       the seed of all cases (1)
 *     --only ROW     one row, or several with commas between
 *     --case N       this case of that row alone
 *     --again        the cases that were finds; those that are none any more are forgotten
 *     --out FOLDER   keeps finds and state there (out/fuzz-SEED)
 *
 * It prints a table, and in the last line how many cases were sound and how many were finds; exits with 1
 * where there are finds.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { tableText } from "../../src/cli/output/table.ts";
import { prepareGround } from "../../src/tasks/suite.ts";
import { tallyText } from "../../src/tasks/tally.ts";
import { FuzzState } from "./fuzz_state.ts";
import { runRow } from "./run_row.ts";

const ROWS = new URL("./rows/", import.meta.url);

const { minutes = "2", cases = "Infinity", seed: seedText = "1", ...given } = parseArgs(Deno.args, {
  string: ["minutes", "cases", "seed", "only", "case", "out"],
  boolean: ["again"],
});
const seed = Number(seedText), folder = given.out ?? `out/fuzz-${seed}`;

/** The names of the rows that are to run. */
function rowNames(): string[] {
  const all = [...Deno.readDirSync(ROWS)].map(({ name }) => name.replace(/_row\.ts$/, "")).sort();
  const asked = given.only?.split(",") ?? all, unknown = asked.filter((name) => !all.includes(name));
  if (unknown.length === 0) return asked;
  console.error(`there is no row ${unknown.join(", ")}; there are ${all.join(", ")}`);
  Deno.exit(2);
}

/** The numbers of the cases of a row that are to run. */
function* numbersOf({ cases: from, finds }: { cases: number; finds: readonly number[] }): Iterable<number> {
  if (given.case !== undefined) yield Number(given.case);
  else if (given.again) yield* [...finds];
  else for (let number = from; number < Number(cases); number++) yield number;
}

const names = rowNames(), { env } = await prepareGround(), state = await FuzzState.open(folder);
const start = performance.now(), share = Number(minutes) * 60_000 / names.length;
let ran = 0;
for (const [index, name] of names.entries()) {
  const until = given.again || given.case ? Infinity : start + (index + 1) * share;
  const numbers = numbersOf(state.row(name));
  ran += await runRow(state, name, new URL(`${name}_row.ts`, ROWS), { seed, numbers, until, env });
}

const rows = names.map((name) => {
  const { cases, finds, slowest, seconds, early, late } = state.row(name);
  const rate = seconds > 0 ? cases / seconds : 0, memory = early === undefined ? "" : `${early} to ${late}`;
  return [name, `${cases}`, `${finds.length}`, `${slowest}`, rate.toFixed(rate < 10 ? 1 : 0), memory];
});
console.log(`\nseed ${seed}, in ${folder}\n`);
console.log(tableText(["row", "cases", "finds", "slowest ms", "cases a second", "memory MiB"], rows));
const failed = names.reduce((sum, name) => sum + state.row(name).finds.length, 0);
console.log(`\n${tallyText({ passed: Math.max(0, ran - failed), failed, skipped: 0 })}`);
Deno.exit(failed > 0 ? 1 : 0);
