/**
 * `deno task test:serve [--seconds N]`: `vitrail serve` under load: 64 clients, sizes and pictures of many
 * kinds, and one request in a hundred hostile. No request fails but by its client's fault, every tensor has
 * the bytes of engine.run, memory stays bounded, and no process is left. The last line counts the tests.
 *
 * @module
 */

import { Engine, recipeFromConfig } from "../../../mod.ts";
import { tallyText } from "../../../src/tasks/tally.ts";
import { load, type LoadCount, percentile } from "./load.ts";
import { hostileKind, loadPictures, planKinds, tensorKind } from "./load_kinds.ts";
import { residentBytes, startServed, writeModel } from "./served_process.ts";

/** The pixels of a picture's patches, and what the service may take beside its start, MiB. */
const MAX_PIXELS = 28 * 28 * 256, MOST_MIB = 900;

const [, given = "25"] = /^--seconds[= ](\d+)$/.exec(Deno.args.join(" ")) ?? [];
let passed = 0, failed = 0;

/** Counts a test, which fails with what is wrong. */
function expect(name: string, wrong: string | undefined): void {
  if (wrong === undefined) passed++;
  else failed++;
  console.log(`${name} ... ${wrong === undefined ? "ok" : `FAILED: ${wrong}`}`);
}

/** Says what went wrong with a kind of request. */
function problemsOf({ times, problems }: LoadCount): string | undefined {
  if (times.length === 0) return "it was never asked";
  return problems.size > 0
    ? [...problems].map(([what, count]) => `${count} times ${what}`).join("; ")
    : undefined;
}

/** Runs checks that are dear, and says what went wrong. */
async function problemOf(file: string): Promise<string | undefined> {
  const args = ["test", "--quiet", "--no-check", "--allow-all", new URL(file, import.meta.url).pathname];
  const { success, stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
  return success ? undefined : new TextDecoder().decode(stdout);
}

expect("vitrail serve goes on where its device is lost", await problemOf("lost_device_checks.ts"));
expect("vitrail serve answers the page's clients", await problemOf("client_checks.ts"));

const folder = await Deno.makeTempDir({ prefix: "vitrail-serve-" });
try {
  await writeModel(folder, MAX_PIXELS);
  const json = JSON.parse(await Deno.readTextFile(`${folder}/preprocessor_config.json`));
  const pictures = await loadPictures(), recipe = recipeFromConfig(json);
  await using engine = await Engine.open({ executor: "simd", lanes: 0 });
  const kinds = [...planKinds(pictures), await tensorKind(pictures, recipe, engine), hostileKind(pictures)];
  const served = await startServed("--recipe", folder, "--executor", "simd", "--cache", "64MiB");
  const before = await residentBytes(served.pid);
  let most = 0;
  const watch = setInterval(async () => most = Math.max(most, await residentBytes(served.pid)), 250);
  const counts = await load(served.url, kinds, { clients: 64, seconds: Number(given) });
  clearInterval(watch);
  for (const count of counts) {
    const [p50, p99] = [0.5, 0.99].map((part) => percentile(count.times, part).toFixed(1));
    console.log(`${count.name}: ${count.times.length} answers, half within ${p50} ms, 99% within ${p99} ms`);
    expect(`vitrail serve answers ${count.name}`, problemsOf(count));
  }
  const grown = Math.round((most - before) / 2 ** 20);
  expect("vitrail serve stays within its memory", grown < MOST_MIB ? undefined : `it grew by ${grown} MiB`);
  console.log(`memory: ${Math.round(before / 2 ** 20)} MiB, and ${grown} MiB more under load`);
  const metrics = await (await fetch(`${served.url}metrics`)).text();
  expect("vitrail serve counts no failure of its own", /code="5\d\d"/.exec(metrics)?.[0]);
  expect("vitrail serve has nothing in flight", /^vitrail_in_flight_requests (?!1$).*/m.exec(metrics)?.[0]);
  const code = await served.stop();
  expect("vitrail serve ends when it is asked to", code === 0 ? undefined : `exit code ${code}`);
} finally {
  await Deno.remove(folder, { recursive: true });
}
console.log(tallyText({ passed, failed, skipped: 0 }));
Deno.exit(failed > 0 ? 1 : 0);
