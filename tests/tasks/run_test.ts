import { assertEquals } from "@std/assert";
import { startDeno, startProgram } from "../../src/tasks/run.ts";

Deno.test("startProgram gives a function each line as it is printed, and returns all of it", async () => {
  const program =
    `console.log("one\\ntwo"); await new Promise((r) => setTimeout(r, 5)); console.log("three");`;
  const lines: string[] = [];
  const { code, stdout } = await startDeno(["eval", program], { stdout: (line) => lines.push(line) });
  assertEquals([code, stdout, lines], [0, "one\ntwo\nthree\n", ["one", "two", "three"]]);
});

Deno.test("startProgram passes on what is said beside the output, and returns it", async () => {
  const { stdout, stderr } = await startDeno(["eval", `console.log("out"); console.error("beside");`], {
    stdout: "keep",
    stderr: "both",
  });
  assertEquals([stdout, stderr], ["out\n", "beside\n"]);
});

Deno.test("startProgram ends with code 127 where there is no such program", async () => {
  assertEquals(await startProgram("vitrail-is-no-such-program", [], { stdout: "keep" }), {
    code: 127,
    stdout: "",
    stderr: "",
  });
});
