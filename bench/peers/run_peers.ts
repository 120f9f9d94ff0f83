/**
 * `deno task bench:peers`: times Vitrail and its peers on the same pictures, one after another in each round.
 * Prints a table of each case, and with `--json FILE` writes the figures.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { termsText } from "../../src/cli/output/table.ts";
import { ensureVulkan } from "../../src/tasks/vulkan.ts";
import { measureAll } from "../cases/measure.ts";
import type { Figure } from "../report/figure.ts";
import { tableOf } from "../report/table.ts";
import { CASES } from "../cases/cases.ts";
import { NOT_THE_SAME } from "../cases/side_by_side.ts";
import { PEERS } from "./programs.ts";

const { json, only, without, seconds, quick, help, _: rest } = parseArgs(Deno.args, {
  string: ["json", "only", "without", "seconds"],
  collect: ["without"],
  boolean: ["quick", "help"],
});
if (help) {
  console.log("Usage: deno task bench:peers [OPTIONS]\n");
  console.log(termsText([
    ["--only CASE,…", "measure these cases alone"],
    ["--without PEER", `leave a peer out, any number of times: ${PEERS.map(({ name }) => name).join("; ")}`],
    ["--quick", "few rounds and small batches"],
    [
      "--seconds N",
      "the rounds of a peer take so long at most, unless its first does: 20, in qwen 8, or 3 with --quick",
    ],
    ["--json FILE", "also write the figures to a file"],
  ]));
  console.log(`\nCases:\n${termsText(CASES.map(({ name, text }) => [name, text]))}`);
  Deno.exit(0);
}
const known = CASES.map(({ name }) => name);
const names = only?.split(",") ?? known;
const unknown = [...rest.map(String), ...names.filter((name) => !known.includes(name))];
const nobody = without.filter((name) => PEERS.every((peer) => peer.name !== name));
if (unknown.length > 0) fail(`no case is called ${unknown.join(", ")}; there are ${known.join(", ")}`);
if (nobody.length > 0) fail(`no peer is called ${nobody.join("; ")}`);
if (!(Number(seconds ?? 1) > 0)) fail(`--seconds takes a number above 0, found ${seconds}`);
const { adapter, env } = await ensureVulkan();
const cores = navigator.hardwareConcurrency;
console.error(`${adapter ?? "no adapter"}; ${cores} cores; Deno ${Deno.version.deno}`);
const peers = PEERS.filter(({ name }) => !without.includes(name));
const date = new Date().toISOString().slice(0, 10), figures: Figure[] = [];
/** Writes the figures to the file, if there is one, with those of a case that is measured. */
const keep = async (own: readonly Figure[]) => {
  if (json === undefined) return;
  const all = { date, adapter, quick, figures: [...figures, ...own] };
  await Deno.writeTextFile(`${json}.part`, JSON.stringify(all, null, 2) + "\n");
  await Deno.rename(`${json}.part`, json); // a bench that is ended leaves a whole file
};
const setup = { peers, quick, env, keep, ...(seconds !== undefined && { seconds: Number(seconds) }) };
for (const name of known.filter((name) => names.includes(name))) {
  const own = await measureAll([name], setup, (name) => console.error(`measuring ${name}`));
  console.log(`${tableOf(own)}\n`);
  await keep(own);
  figures.push(...own);
}
if (figures.some(({ note }) => note?.startsWith(NOT_THE_SAME))) Deno.exit(1);

/** Ends the program with a message. */
function fail(message: string): never {
  console.error(message);
  Deno.exit(2);
}
