/**
 * `deno task test:queue`: sets that are made through a real NATS server, by makers that are killed. The
 * server is Debian's, and is installed where that needs no password. Where it cannot be had, the tests are
 * skipped by name. The last line counts the tests.
 *
 * @module
 */

import { startDeno } from "../../../src/tasks/run.ts";
import { PERMISSIONS, QUICK } from "../../../src/tasks/suite.ts";
import { FAILURE, tallyOf, tallyText } from "../../../src/tasks/tally.ts";
import { ensureNatsServer, NATS_PROCESSES, NATS_SERVER } from "./nats_server.ts";

/** The files of tests that need the server. */
const CHECKS = ["kills", "trouble", "queue"].map((name) => `tests/cluster/queue/${name}_checks.ts`);

/** The longest that all of them may take, ms. */
const LONGEST = 600_000;

const program = await ensureNatsServer();
const tests = [];
for (const file of CHECKS) {
  const text = await Deno.readTextFile(file);
  tests.push(
    ...[...text.matchAll(/^(?:inFolder|Deno\.test)\(\s*(?:\{\s*name: )?"([^"]+)"/gm)].map(([, name]) => name),
  );
}
if (program === undefined) {
  for (const name of tests) console.log(`skipped: ${name}: there is no nats-server`);
  console.log(tallyText({ passed: 0, failed: 0, skipped: tests.length }));
  Deno.exit(0);
}
const args = ["test", ...QUICK, ...PERMISSIONS, "--allow-net=127.0.0.1", ...CHECKS];
const processes = Deno.makeTempDirSync({ prefix: "vitrail-nats-" });
const { code, stdout } = await startDeno(args, {
  stdout: "both",
  env: { [NATS_SERVER]: program, [NATS_PROCESSES]: processes, DENO_JOBS: "2" },
  signal: AbortSignal.timeout(LONGEST),
});
for (const { name } of Deno.readDirSync(processes)) endServer(Number(name)); // of tests that were cut off
Deno.removeSync(processes, { recursive: true });
const tally = tests.length > 0 ? tallyOf(stdout, code) : FAILURE;
console.log(tallyText(tally));
Deno.exit(tally.failed > 0 ? 1 : 0);

/** Ends the server of a process number, unless it has ended, and another process has its number. */
function endServer(number: number): void {
  try {
    const command = Deno.readTextFileSync(`/proc/${number}/cmdline`);
    if (command.split("\0")[0] === program) Deno.kill(number);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
