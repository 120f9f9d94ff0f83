import { assert, assertEquals } from "@std/assert";
import { failuresOf, failuresText } from "../../src/tasks/failures.ts";

/** The print of `deno test` of a test and of a file that fail, in its colours. */
const DENO = `engine runs ... \x1b[31mFAILED\x1b[0m (3ms)
law holds ... ok (1ms)

\x1b[7m ERRORS \x1b[0m

engine runs => ./tests/engine_test.ts:3:6
error: AssertionError: Values are not equal.

    [Diff] Actual / Expected

-   1
+   2

    at assertEquals (file:///a.ts:1:2)

./tests/broken_test.ts (uncaught error)
error: TypeError: none is callable
  none();
  ^
    at file:///tests/broken_test.ts:1:1

\x1b[7m FAILURES \x1b[0m

engine runs => ./tests/engine_test.ts:3:6
./tests/broken_test.ts (uncaught error)

FAILED | 1 passed | 2 failed (9ms)
`;

Deno.test("failuresOf names each test that deno test names, and says why once", () => {
  assertEquals(failuresOf("tests", DENO), [
    {
      name: "tests: engine runs",
      why: [
        "error: AssertionError: Values are not equal.",
        "[Diff] Actual / Expected",
        "-   1",
        "+   2",
      ],
    },
    { name: "tests: ./tests/broken_test.ts", why: ["error: TypeError: none is callable", "none();"] },
  ]);
});

Deno.test("failuresOf reads reports of pages, of Node and of the attack", () => {
  const text =
    "ok a\nFAILED page saves\nno file\n    at save (x.ts:1:1)\n\nok b\nFAILED pictures 7\nslow\n\n3 passed";
  assertEquals(failuresOf("browser", text), [
    { name: "browser: page saves", why: ["no file"] },
    { name: "browser: pictures 7", why: ["slow"] },
  ]);
});

Deno.test("failuresOf takes the last words of a task that dies", () => {
  const [{ name, why }, ...rest] = failuresOf("node", `${"ok a\n".repeat(50)}\nerror: no npm\n`);
  assertEquals([name, why.at(-1), why.length < 9, rest], ["node", "error: no npm", true, []]);
});

Deno.test("failuresText fits a screen, however many there are and however long their lines", () => {
  const many = Array.from(
    { length: 200 },
    (_, at) => ({ name: `test ${at}`, why: ["x".repeat(999), "y", "z"] }),
  );
  const lines = failuresText(many).split("\n");
  assert(lines.length <= 61 && lines.every((line) => line.length <= 300));
  assertEquals([lines[0], lines.at(-1)], ["FAILED test 0", "and 170 others, told above"]);
  assertEquals(failuresText(many.slice(0, 1)).split("\n").length, 4);
});
