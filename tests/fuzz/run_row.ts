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

/** Runs cases of a row, and keeps what is found in `state`. Returns how many were run. */
export async function runRow(
  state: FuzzState,
  name: string,
  module: URL,
  bounds: RowBounds,
): Promise<number> {
  const { deadline = DEADLINE }: FuzzRowModule = await import(module.href);
  const file = join(state.folder, `${name}.now`), { seed, env } = bounds;
  const runner = new CaseRunner({ module, seed, file, deadline, env }), row = state.row(name);
  let ran = 0, alive = 0, early = 0, late = 0;
  const begun = performance.now(), before = row.seconds;
  let saved = begun;
  const save = async () => {
    saved = performance.now();
    row.seconds = before + (performance.now() - begun) / 1000;
    await state.save();
  };
  try {
    for (const number of bounds.numbers) {
      if (performance.now() >= bounds.until) break;
      let outcome = await runner.run(number);
      if (!("rss" in outcome)) outcome = await runner.run(number); // another program may have had the machine
      ran++;
      row.cases = Math.max(row.cases, number + 1);
      row.slowest = Math.max(row.slowest, Math.round(outcome.ms));
      alive = "rss" in outcome ? alive + 1 : 0;
      if ("rss" in outcome) late = outcome.rss;
      if (alive === WARM) early = late;
      if (outcome.wrong !== undefined) {
        await state.keep(name, outcome, file);
        console.log(`${name} ${number}: ${outcome.wrong.slice(0, 300)}`);
      } else if (row.finds.includes(number)) await state.forget(name, number);
      if (performance.now() - saved > SAVED) await save();
    }
    if (early > 0) Object.assign(row, { early, late });
    if (early > 0 && late > early + GROWTH) {
      const wrong = `memory grew from ${early} to ${late} MiB in ${alive - WARM} cases`;
      await state.keep(name, { number: row.cases - 1, wrong, ms: 0 }, file);
      console.log(`${name}: ${wrong}`);
    }
  } finally {
    await runner.close();
    await save();
    await Deno.remove(file).catch(() => {}); // there is none where no case was run
  }
  return ran;
}
