import { join } from "node:path";
import { CaseRunner } from "./case_runner.ts";
import { DEADLINE, type FuzzRowModule } from "./fuzz_row.ts";
import type { FuzzState } from "./fuzz_state.ts";

/** Cases after which a process has taken what it keeps. */
const WARM = 300;

/** The most that its memory may grow by after that, MiB. */
const GROWTH = 256;

/** Time after which the state is written, ms. */
const SAVED = 5000;

/** The bounds of a row's run. */
export interface RowBounds {
  seed: number;
  /** The numbers of the cases to run. */
  numbers: Iterable<number>;
  /** The time at which no further case is begun, ms of `performance.now()`. */
  until: number;
  /** Variables of the child's environment. */
  env?: Record<string, string>;
}

/** Cases of a run, by their ends. */
export interface RowCounts {
  sound: number;
  /** Finds, of which one may be that memory grew. */
  found: number;
}

/** Runs cases of a row, and keeps what is found in `state`. */
export async function runRow(
  state: FuzzState,
  name: string,
  module: URL,
  bounds: RowBounds,
): Promise<RowCounts> {
  const { deadline = DEADLINE }: FuzzRowModule = await import(module.href);
  const file = join(state.folder, `${name}.now`), { seed, env } = bounds;
  const runner = new CaseRunner({ module, seed, file, deadline, env }), row = state.row(name);
  const counts = { sound: 0, found: 0 };
  let alive = 0, early = 0, late = 0; // of the process that runs
  const begun = performance.now(), before = row.seconds;
  let saved = begun;
  const save = async () => {
    saved = performance.now();
    row.seconds = before + (performance.now() - begun) / 1000;
    await state.save();
  };
  const endProcess = () => {
    if (alive > WARM) {
      Object.assign(row, { early, late });
      const wrong = `memory grew from ${early} to ${late} MiB in ${alive} cases`;
      if (late > early + GROWTH) {
        row.growth = { cases: alive, wrong };
        counts.found++;
        console.log(`FAILED ${name}: ${wrong}\n`);
      } else if (row.growth && alive >= row.growth.cases) delete row.growth;
    }
    alive = 0;
  };
  try {
    for (const number of bounds.numbers) {
      if (performance.now() >= bounds.until) break;
      let outcome = await runner.run(number);
      if ("late" in outcome && outcome.late) { // another program may have had the machine
        endProcess();
        outcome = await runner.run(number);
      }
      row.cases = Math.max(row.cases, number + 1);
      row.slowest = Math.max(row.slowest, Math.round(outcome.ms));
      if ("rss" in outcome) {
        late = outcome.rss;
        if (++alive === WARM) early = late;
      } else endProcess();
      if (outcome.wrong === undefined) {
        counts.sound++;
        if (row.finds.includes(number)) await state.forget(name, number);
      } else {
        counts.found++;
        await state.keep(name, outcome, file);
        console.log(`FAILED ${name} ${number}\n${outcome.wrong.slice(0, 300)}\n`);
      }
      if (performance.now() - saved > SAVED) await save();
    }
    endProcess();
  } finally {
    await runner.close();
    await save();
    await Deno.remove(file).catch(() => {}); // there is none where no case was run
  }
  return counts;
}
