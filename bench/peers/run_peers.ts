/**
 * `deno task bench:peers`: times Vitrail and its peers on the same pictures, one after another in each round.
 * Prints a table, and with `--json FILE` writes the figures.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { termsText } from "../../src/cli/output/table.ts";
import { ensureVulkan } from "../../src/tasks/vulkan.ts";
import { measureAll } from "../cases/measure.ts";
import { tableOf } from "../report/table.ts";
import { CASES } from "../cases/cases.ts";
import { PEERS } from "./peer.ts";

const { json, only, quick, help, _: rest } = parseArgs(Deno.args, {
  string: ["json", "only"],
  boolean: ["quick", "help"],
});
if (help) {
  console.log("Usage: deno task bench:peers [--only CASE,…] [--quick] [--json FILE]\n");
  console.log(termsText([
    ["--only CASE,…", "measure these cases alone"],
    ["--quick", "few rounds and small batches"],
    ["--json FILE", "also write the figures to a file"],
  ]));
  console.log(`\nCases:\n${termsText(CASES.map(({ name, text }) => [name, text]))}`);
  Deno.exit(0);
}
const known = CASES.map(({ name }) => name);
const names = only?.split(",") ?? known;
const unknown = [...rest.map(String), ...names.filter((name) => !known.includes(name))];
if (unknown.length > 0) {
  console.error(`no case is called ${unknown.join(", ")}; there are ${known.join(", ")}`);
  Deno.exit(2);
}
const { adapter, env } = await ensureVulkan();
const cores = navigator.hardwareConcurrency;
console.error(`${adapter ?? "no adapter"}; ${cores} cores; Deno ${Deno.version.deno}`);
const setup = { peers: PEERS, quick, env };
const figures = await measureAll(names, setup, (name) => console.error(`measuring ${name}`));
console.log(tableOf(figures));
if (json !== undefined) {
  const date = new Date().toISOString().slice(0, 10);
  await Deno.writeTextFile(json, JSON.stringify({ date, adapter, quick, figures }, null, 2) + "\n");
}
if (figures.some(({ note }) => note?.startsWith("NOT THE SAME WORK"))) Deno.exit(1);
