/**
 * `deno task ok`: the one gate, which runs format, lint, types, the examples in the docs, the tests, and a glance at the benches. Every step
 * runs even after one has failed, so that one run tells all.
 *
 * @module
 */

import { startDeno } from "./run.ts";
import { PERMISSIONS, prepareGround, runTests } from "./suite.ts";
import { added, FAILURE, NONE, type Tally, tallyText } from "./tally.ts";

const steps: { name: string; seconds: number; tally: Tally }[] = [];

/** Runs one step, shown with its time. */
async function step(name: string, body: () => Promise<Tally>): Promise<void> {
  console.log(`\n== ${name}`);
  const start = performance.now();
  const tally = await body();
  const seconds = (performance.now() - start) / 1000;
  steps.push({ name, seconds, tally });
  console.log(`== ${name}: ${tally.failed > 0 ? "failed" : "ok"}, ${seconds.toFixed(1)} s`);
}

/** A step that is no tests: nothing is counted unless it fails. */
async function check(args: readonly string[]): Promise<Tally> {
  return (await startDeno(args)).code === 0 ? NONE : FAILURE;
}

const start = performance.now();
await step("format", () => check(["fmt", "--check"]));
await step("lint", () => check(["lint"]));
await step("types", () => check(["check"]));
const ground = await prepareGround();
await step(
  "examples",
  () => runTests(ground, ["--doc", "--permit-no-files", "mod.ts", "src", "README.md", "CONTRIBUTING.md"]),
);
await step("tests", () => runTests(ground, ["tests"]));
await step("benches", async () => { // told, and no failure
  if (ground.adapter) {
    await startDeno(["run", "--quiet", ...PERMISSIONS, "bench/peers/run_check.ts"], { env: ground.env });
  }
  return NONE;
});

console.log(
  `\n${steps.map(({ name, seconds }) => `${name} ${seconds.toFixed(1)} s`).join(", ")}, all ` +
    `${((performance.now() - start) / 1000).toFixed(1)} s`,
);
const failed = steps.filter(({ tally }) => tally.failed > 0).map(({ name }) => name);
if (failed.length > 0) console.log(`failed: ${failed.join(", ")}`);
const total = steps.map(({ tally }) => tally).reduce(added);
console.log(tallyText(total));
Deno.exit(total.failed > 0 ? 1 : 0);
