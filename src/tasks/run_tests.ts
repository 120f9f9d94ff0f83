/**
 * `deno task test [paths and flags of deno test]`: all tests, with a call or two of each golden, on an
 * adapter. The last line counts them. (A file called `test.ts` would be taken for a test itself, and started
 * without end.)
 *
 * @module
 */

import { prepareGround, QUICK, runTests } from "./suite.ts";
import { tallyText } from "./tally.ts";
import { testFiles, writeGroups } from "./test_groups.ts";

const ground = await prepareGround();
const groups = Deno.makeTempDirSync({ prefix: "vitrail-tests-" });
try {
  const asked = Deno.args.length > 0
    ? Deno.args
    : ["--config", "deno.json", ...writeGroups(testFiles("tests"), groups)];
  const tally = await runTests(ground, [...QUICK, ...asked]);
  console.log(tallyText(tally));
  Deno.exitCode = tally.failed > 0 ? 1 : 0;
} finally {
  Deno.removeSync(groups, { recursive: true });
}
