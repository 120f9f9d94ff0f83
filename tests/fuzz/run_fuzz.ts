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
 * It prints a table of all that the folder knows, and in the last line how many cases of this run were sound
 * and how many were finds; exits with 1 where there were some.
 *
 * @module
 */

import { messageOf } from "../../src/errors.ts";
import { tableText } from "../../src/cli/output/table.ts";
import { prepareGround } from "../../src/tasks/suite.ts";
import { tallyText } from "../../src/tasks/tally.ts";
import { type FuzzOptions, fuzzOptions } from "./fuzz_options.ts";
import { FuzzState, type RowState } from "./fuzz_state.ts";
import { runRow } from "./run_row.ts";

const ROWS = new URL("./rows/", import.meta.url);

/** Returns the options; where they are wrong it says so, and ends. */
function options(): FuzzOptions {
  try {
    const all = [...Deno.readDirSync(ROWS)].map(({ name }) => name.replace(/_row\.ts$/, "")).sort();
    return fuzzOptions(Deno.args, all);
  } catch (error) {
    console.error(messageOf(error));
    Deno.exit(2);
  }
}

const { minutes, cases, seed, rows: names, only, again, out } = options();

/** The numbers of the cases of a row that are to run. */
function* numbersOf({ cases: from, finds }: RowState): Iterable<number> {
  if (only !== undefined) yield only;
  else if (again) yield* [...finds];
  else for (let number = from; number < cases; number++) yield number;
}

const { env } = await prepareGround(), state = await FuzzState.open(out);
const start = performance.now(), share = minutes * 60_000 / names.length;
let passed = 0, failed = 0;
for (const [index, name] of names.entries()) {
  const until = again || only !== undefined ? Infinity : start + (index + 1) * share;
  const numbers = numbersOf(state.row(name));
  const counts = await runRow(state, name, new URL(`${name}_row.ts`, ROWS), { seed, numbers, until, env });
  passed += counts.sound;
  failed += counts.found;
}

const rows = names.map((name) => {
  const { cases, finds, growth, slowest, seconds, early, late } = state.row(name);
  const rate = seconds > 0 ? cases / seconds : 0, memory = early === undefined ? "" : `${early} to ${late}`;
  const found = finds.length + (growth ? 1 : 0);
  return [name, `${cases}`, `${found}`, `${slowest}`, rate.toFixed(rate < 10 ? 1 : 0), memory];
});
console.log(`\nseed ${seed}, in ${out}\n`);
console.log(tableText(["row", "cases", "finds", "slowest ms", "cases a second", "memory MiB"], rows));
console.log(`\n${tallyText({ passed, failed, skipped: 0 })}`);
Deno.exit(failed > 0 ? 1 : 0);
