/**
 * The process that a row's cases run in: `fuzz_child.ts MODULE SEED FILE`. It takes the numbers of cases from
 * stdin, a line each, and answers each by a line of JSON on stdout. A case's input lies in FILE meanwhile, so
 * that it is there after whatever becomes of this process.
 *
 * @module
 */

import { draws } from "../support/fuzz/draws.ts";
import { linesOf } from "../support/fuzz/lines_of.ts";
import type { FuzzInput, FuzzRowModule } from "./fuzz_row.ts";

/** The answer to a case: its outcome. */
export interface CaseAnswer {
  number: number;
  /** The line that says what is wrong; absent where nothing is. */
  wrong?: string;
  /** The ending of the file that the input is kept in. */
  ending: string;
  /** The time that it took, ms. */
  ms: number;
  /** The memory of the process after it, MiB. */
  rss: number;
}

/** The line that says that the row is ready. */
export const READY = "ready";

/** Returns the first state of the numbers that a case draws: no two cases of near seeds have the same. */
export function caseSeed(seed: number, number: number): number {
  return Math.imul(seed, 0x9e3779b1) + Math.imul(number, 0x85ebca6b) >>> 0;
}

if (import.meta.main) {
  const [module, seed, file] = Deno.args, say = (text: string) => console.log(text);
  const { open }: FuzzRowModule = await import(module), row = await open();
  const run = async (number: number): Promise<Omit<CaseAnswer, "rss">> => {
    let input: FuzzInput = { bytes: new Uint8Array(), ending: "input" }, start = performance.now();
    let wrong: string | undefined;
    try {
      await Deno.writeFile(file, input.bytes); // until this case has its own
      input = await row.input(draws(caseSeed(Number(seed), number)));
      await Deno.writeFile(file, input.bytes);
      start = performance.now();
      wrong = await row.attack(input);
    } catch (error) {
      wrong = error instanceof Error ? error.stack ?? error.message : String(error);
    }
    const ms = performance.now() - start;
    return { number, wrong: wrong?.replaceAll(/\s*\n\s*/g, " | "), ending: input.ending, ms };
  };
  say(READY);
  for await (const line of linesOf(Deno.stdin.readable)) {
    const answer = await run(Number(line)), rss = Math.round(Deno.memoryUsage().rss / 2 ** 20);
    say(JSON.stringify({ ...answer, rss } satisfies CaseAnswer));
  }
  await row.close?.();
}
