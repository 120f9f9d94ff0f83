/**
 * `deno task test:goldens [FILE…]`: every call of every golden on every executor, and tests at full size that
 * `deno task test` runs at a smaller one. It shows a line a suite, what failed, and how many calls are equal
 * on each executor. The last line counts the tests, most of which are suites.
 *
 * @module
 */

import { prepareGround, QUICK, runTests } from "./suite.ts";
import { tallyText } from "./tally.ts";

/** The line that a suite prints: `clip default (webgpu): 13 calls, 13 equal, 0.4 s`. */
const SUITE = /\b(\w+)\)?: (\d+) calls, (\d+) equal, /;

/** The heading that `deno test` prints above the failures' messages. */
const FAILURES = /\bERRORS\b/;

let failing = false;

/** The calls of all suites by executor. */
const checked: Record<string, { calls: number; equal: number }> = {
  webgpu: { calls: 0, equal: 0 },
  simd: { calls: 0, equal: 0 },
  reference: { calls: 0, equal: 0 },
};

/** Shows a line of `deno test` that says something of a golden. */
function show(line: string): void {
  failing ||= FAILURES.test(line);
  const suite = SUITE.exec(line);
  if (failing || suite) console.log(line);
  const [, executor, calls, equal] = suite ?? [];
  if (!Object.hasOwn(checked, executor)) return;
  checked[executor].calls += Number(calls);
  checked[executor].equal += Number(equal);
}

/**
 * The goldens, the one that Python makes where it is, and tests that `deno task test` runs at a smaller size.
 * Deno starts files in this order. Those that take long come first, so that the last ones, which are short,
 * leave no core idle.
 */
const FILES = [
  "tests/recipes/families/goldens/tf517_cuda_golden_test.ts",
  "tests/recipes/families/goldens/tf517_cuda_reference_golden_test.ts",
  "tests/recipes/families/goldens/tf517_torchvision_golden_test.ts",
  "tests/recipes/tiled/ixc_golden_test.ts",
  "tests/recipes/families/goldens/tf517_pil_golden_test.ts",
  "tests/recipes/families/goldens/hf_golden_test.ts",
  "tests/recipes/families/goldens/tf517_torchvision_reference_golden_test.ts",
  "tests/recipes/families/goldens/tf517_pil_reference_golden_test.ts",
  "tests/**/*_golden_test.ts",
  "tests/recipes/python_test.ts",
  "tests/codecs/damage/damage_test.ts",
  "tests/engine/lanes/lanes_test.ts",
  "tests/engine/large_test.ts",
  "tests/engine/splice/splice_device_test.ts",
  "tests/gpu/passes/rearrange_pass_test.ts",
];

const files = Deno.args.length > 0 ? Deno.args : FILES;
const tally = await runTests(await prepareGround(), [...QUICK, ...files], {
  env: { VITRAIL_GOLDENS: "all" },
  stdout: show,
});
for (const [executor, { calls, equal }] of Object.entries(checked)) {
  console.log(`Deno, ${executor}: ${equal} of ${calls} calls equal`);
}
console.log(tallyText(tally));
Deno.exit(tally.failed > 0 ? 1 : 0);
