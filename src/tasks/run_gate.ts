/**
 * `deno task ok [--goldens]`: the one gate. It starts `deno task test`. It checks format, lint, types, the
 * examples in the docs, the package and its documentation, and glances at the host's bench. With `--goldens`
 * it starts `deno task test:goldens`, two minutes of `deno task fuzz`, `test:browser`, `test:node`,
 * `test:queue`, `test:serve` and `test:slurm`. A step that fails holds up no other, so that one go tells all.
 * At the end all that failed is told once more, since of a long output only the tail may be seen. The last
 * line sums up all tests, and counts a check that fails as one of them.
 *
 * @module
 */

import { startDeno } from "./run.ts";
import { failuresOf, failuresText } from "./failures.ts";
import { PERMISSIONS, prepareGround, runTests, type TestRun } from "./suite.ts";
import { added, FAILURE, NONE, type Tally, tallyOfText, tallyText } from "./tally.ts";

const steps: { name: string; seconds: number; tally: Tally & Partial<TestRun> }[] = [];

/** Takes one step, shown with its time. */
async function step(name: string, body: () => Promise<Tally & Partial<TestRun>>): Promise<void> {
  console.log(`\n== ${name}`);
  const start = performance.now();
  const tally = await body();
  const seconds = (performance.now() - start) / 1000;
  steps.push({ name, seconds, tally });
  console.log(`== ${name}: ${tally.failed > 0 ? "failed" : "ok"}, ${seconds.toFixed(1)} s`);
}

/** Starts Deno for a step that is no tests: nothing is counted unless it fails. */
async function check(args: readonly string[]): Promise<Tally & Partial<TestRun>> {
  const { code, stdout, stderr } = await startDeno(args, { stdout: "both", stderr: "both" });
  return { ...(code === 0 ? NONE : FAILURE), output: `${stdout}\n${stderr}` };
}

/** Starts a task of tests, whose last line counts them. */
async function task(name: string, ...args: string[]): Promise<TestRun> {
  const command = ["task", "--quiet", name, ...args];
  const { code, stdout, stderr } = await startDeno(command, { stdout: "both", stderr: "both" });
  return { ...tallyOfText(stdout, code), output: `${stdout}\n${stderr}` };
}

const start = performance.now();
await step("tests", () => task("test"));
await step("format", () => check(["fmt", "--check"]));
await step("lint", () => check(["lint"]));
await step("types", () => check(["check"]));
const ground = await prepareGround();
const documents = ["mod.ts", "src", "README.md", "CONTRIBUTING.md"];
await step("examples", () => runTests(ground, ["--doc", "--permit-no-files", ...documents]));
await step("package", () => check(["publish", "--dry-run", "--allow-dirty", "--quiet"]));
await step("documentation", () => check(["doc", "--lint", "mod.ts"]));
await step("benches", async () => { // told, and no failure
  const host = [...PERMISSIONS, "bench/peers/run_check.ts", "--only", "host"];
  if (ground.adapter) await startDeno(["run", "--quiet", ...host], { env: ground.env });
  return NONE;
});
if (Deno.args.includes("--goldens")) {
  await step("goldens", () => task("test:goldens"));
  const out = Deno.makeTempDirSync({ prefix: "vitrail-fuzz-" }); // so that the cases are always the same
  await step("fuzz", async () => {
    const tally = await task("fuzz", "--minutes", "2", "--cases", "2000", "--seed", "20", "--out", out);
    if (tally.failed === 0) await Deno.remove(out, { recursive: true }); // else the finds lie there
    return tally;
  });
  for (const name of ["browser", "node", "queue", "serve", "slurm"]) {
    await step(name, () => task(`test:${name}`));
  }
}

const failures = steps.filter(({ tally }) => tally.failed > 0).flatMap(({ name, tally: { output = "" } }) =>
  failuresOf(name, output)
);
if (failures.length > 0) console.log(`\n${failuresText(failures)}`);
const all = ((performance.now() - start) / 1000).toFixed(1);
console.log(
  `\n${steps.map(({ name, seconds }) => `${name} ${seconds.toFixed(1)} s`).join(", ")}, all ${all} s`,
);
const failed = steps.filter(({ tally }) => tally.failed > 0).map(({ name }) => name);
if (failed.length > 0) console.log(`failed: ${failed.join(", ")}`);
const total = steps.map(({ tally }) => tally).reduce(added);
console.log(tallyText(total));
Deno.exit(total.failed > 0 ? 1 : 0);
