import { assertEquals, assertMatch } from "@std/assert";
import { draws } from "../support/fuzz/draws.ts";
import { inFolder, namesIn } from "../support/temporary_folder.ts";
import { caseSeed } from "./fuzz_child.ts";
import { FuzzState } from "./fuzz_state.ts";
import { runRow } from "./run_row.ts";

const MODULE = new URL("../support/fuzz/broken_row.ts", import.meta.url), SEED = 3;

/** The first case of each end: sound, wrong, a raw error, a process that dies. */
const CASES = [0, 1, 2, 3].map((end) => {
  for (let number = 0;; number++) if (draws(caseSeed(SEED, number))(4) === end) return number;
});

Deno.test("runRow keeps each find with its input and a line, and goes on after all of them", () =>
  inFolder(async (folder) => {
    const { log } = console;
    console.log = () => {};
    try {
      const state = await FuzzState.open(folder), bounds = { seed: SEED, numbers: CASES, until: Infinity };
      assertEquals(await runRow(state, "broken", MODULE, bounds), { sound: 1, found: 3 });
    } finally {
      console.log = log;
    }
    const [, wrong, raw, dead] = CASES, again = await FuzzState.open(folder);
    assertEquals(again.row("broken").finds, [wrong, raw, dead]);
    assertEquals(again.row("broken").cases, Math.max(...CASES) + 1);
    const read = (number: number, ending: string) => {
      return Deno.readTextFile(`${folder}/finds/broken-${number}.${ending}`);
    };
    assertEquals([await read(wrong, "bin"), await read(wrong, "txt")], ["wrong", "it is wrong\n"]);
    assertMatch(await read(raw, "txt"), /^RangeError: it is broken \| in two lines/);
    assertMatch(await read(dead, "txt"), /^the process died: code 3$/m);
    assertEquals(await read(dead, "input"), "dead");
    assertEquals((await namesIn(`${folder}/finds`)).length, 6);
    assertEquals(await namesIn(folder), ["finds", "state.json"]);
  }));
