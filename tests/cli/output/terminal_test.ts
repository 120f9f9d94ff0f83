import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { main } from "../../../src/cli/main.ts";
import { hasColours, painted } from "../../../src/cli/output/colours.ts";
import { PICTURES, vitrail } from "../../support/vitrail.ts";

/** Runs the command line in a window of `columns` characters; returns the lines on standard output. */
async function linesIn(columns: number, args: string[], colours = false): Promise<string[]> {
  const out: string[] = [];
  await main(args, {
    out: (text) => out.push(text),
    err: () => {},
    columns,
    colours: { out: colours, err: false },
  });
  return out.join("\n").split("\n");
}

/** Runs a script with a program; undefined where this machine does not have it. */
async function scriptRun(program: string, ...args: string[]): Promise<string[] | undefined> {
  try {
    const { code, stdout, stderr } = await new Deno.Command(program, { args }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout).split("\n").filter(Boolean);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

Deno.test("vitrail alone lists its commands, and wraps help to the window", async () => {
  const alone = await vitrail();
  assertEquals([alone.status, alone.out], [0, (await vitrail("--help")).out]);
  for (const args of [[], ["tile", "--help"], ["sft", "--help"], ["recipes"]]) {
    for (const columns of [60, 80, 200]) {
      const lines = await linesIn(columns, args), longest = Math.max(...lines.map(({ length }) => length));
      assert(longest <= Math.min(columns, 100), `${args} in ${columns}: ${longest}`);
      assert(longest > Math.min(columns, 100) - 12, `${args} in ${columns}: ${longest}`);
    }
  }
});

Deno.test("vitrail recipes fits 80 columns where there is no window", async () => {
  const { out } = await vitrail("recipes");
  assertEquals(out.split("\n").filter(({ length }) => length > 80), []);
});

Deno.test("vitrail has colours where its streams do, and they change no letter of its help", async () => {
  const [plain, coloured] = [
    await linesIn(80, ["tile", "--help"]),
    await linesIn(80, ["tile", "--help"], true),
  ];
  assert(!plain.join().includes("\x1b["));
  assertStringIncludes(coloured.join("\n"), painted(true, "cyan", "--each"));
  // deno-lint-ignore no-control-regex
  assertEquals(coloured.map((line) => line.replaceAll(/\x1b\[\d+m/g, "")), plain);
});

Deno.test("hasColours follows NO_COLOR, then FORCE_COLOR, then the terminal", () => {
  const cases: [terminal: boolean, variables: Record<string, string>, colours: boolean][] = [
    [true, {}, true],
    [false, {}, false],
    [true, { TERM: "dumb" }, false],
    [true, { NO_COLOR: "1" }, false],
    [true, { NO_COLOR: "" }, true],
    [false, { FORCE_COLOR: "1" }, true],
    [false, { FORCE_COLOR: "" }, true],
    [true, { FORCE_COLOR: "0" }, false],
    [true, { FORCE_COLOR: "false" }, false],
    [true, { TERM: "dumb", FORCE_COLOR: "1" }, true],
    [true, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
  ];
  for (const [terminal, variables, colours] of cases) {
    assertEquals(hasColours(terminal, (name) => variables[name]), colours, JSON.stringify(variables));
  }
});

Deno.test("vitrail answers a size or a parameter that is written wrongly with what was meant", async () => {
  for (const size of ["1920*1080", "1920×1080", "1920X1080", "1920,1080", "01920x1080"]) {
    const { status, err } = await vitrail("plan", size);
    assertEquals([status, err.split("; ").at(-1)], [2, "did you mean 1920x1080?"]);
  }
  const { status, err } = await vitrail("plan", "1920x1080", "--hdNum", "3");
  assertEquals([status, err.split(": ").at(-1)], [2, "--set hdNum=3"]);
  assertMatch((await vitrail("plan", "9x9", "--maxTiles=3")).err, /--set maxTiles=3$/);
});

Deno.test("vitrail finds wrong names before an adapter is opened", async () => {
  for (const command of ["tile", "verify", "inspect", "plan"]) {
    const wrong = await vitrail(command, `${PICTURES}/page.png`, `${PICTURES}/windw.jpg`);
    assertEquals(wrong.status, 1);
    assertEquals(
      wrong.err,
      `vitrail: cannot read ${PICTURES}/windw.jpg: it does not exist (did you mean ` +
        '"window.jpg"?)',
    );
  }
  for (const flags of [["--recipe", "ixc3"], ["--set", "hdNun=9"], ["--out", "/nowhere/at/all"]]) {
    const wrong = await vitrail("tile", `${PICTURES}/page.png`, ...flags);
    assertMatch(wrong.err, /^vitrail: [^\n]+$/);
  }
});

/** Lines of the command line, the last word begun, and some of its completions. */
const COMPLETED: [words: string[], some: string[], none: string[]][] = [
  [["vitrail", "in"], ["inspect"], ["tile"]],
  [["vitrail", "tile", "--e"], ["--each", "--executor"], ["--recipe"]],
  [["vitrail", "tile", "--executor", ""], ["auto", "webgpu", "simd", "reference"], ["--each"]],
  [["vitrail", "plan", "--recipe", "ixc2"], ["ixc2", "ixc25"], ["tile"]],
  [["vitrail", "completions", ""], ["bash", "zsh", "fish"], ["tile"]],
];

Deno.test("vitrail completions bash completes commands, flags and values", async () => {
  const { out } = await vitrail("completions", "bash");
  for (const [words, some, none] of COMPLETED) {
    const line = words.map((word) => `'${word}'`).join(" ");
    const test = `${out}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _vitrail\n` +
      'printf "%s\\n" "${COMPREPLY[@]}"';
    const found = await scriptRun("bash", "--norc", "-c", test);
    if (found === undefined) return;
    assertEquals(some.filter((word) => !found.includes(word)), [], `${words}: ${found}`);
    assertEquals(none.filter((word) => found.includes(word)), [], `${words}: ${found}`);
  }
});

Deno.test("vitrail completions fish completes commands, flags and values", async () => {
  const { out } = await vitrail("completions", "fish");
  for (const [words, some, none] of COMPLETED) {
    const found = await scriptRun("fish", "--no-config", "-c", `${out}\ncomplete -C '${words.join(" ")}'`);
    if (found === undefined) return;
    const first = found.map((line) => line.split("\t")[0]);
    assertEquals(some.filter((word) => !first.includes(word)), [], `${words}: ${first}`);
    assertEquals(none.filter((word) => first.includes(word)), [], `${words}: ${first}`);
  }
});

Deno.test("vitrail completions zsh prints what zsh reads, with every flag of every command", async () => {
  const { out } = await vitrail("completions", "zsh");
  assertStringIncludes(out, "'--executor[what computes");
  assertStringIncludes(out, "'*--set[set a parameter");
  await scriptRun("zsh", "-f", "-n", "-c", out);
  const bash = (await vitrail("completions", "bash")).out;
  for (const flag of new Set(bash.match(/--[\w-]+/g))) assertStringIncludes(out, flag);
});
