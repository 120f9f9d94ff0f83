/**
 * `deno task test [paths and flags of deno test]`: all tests, with a call or two of each golden, on an
 * adapter. The last line counts them. (A file called `test.ts` would be taken for a test itself, and started
 * without end.)
 *
 * @module
 */

import { prepareGround, QUICK, runTests } from "./suite.ts";
import { tallyText } from "./tally.ts";

const asked = Deno.args.length > 0 ? Deno.args : ["tests"];
const tally = await runTests(await prepareGround(), [...QUICK, ...asked]);
console.log(tallyText(tally));
Deno.exit(tally.failed > 0 ? 1 : 0);
