/**
 * `deno task bench:peers`: Vitrail and its peers on the same pictures, in turn. Prints a table, writes JSON with `--json FILE`.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { ensureVulkan } from "../../src/tasks/vulkan.ts";
import { CASES } from "./cases.ts";
import { measureAll } from "./measure.ts";
import { PEERS } from "./peer.ts";
import { tableOf } from "./table.ts";

const { json, only, quick, help, _: rest } = parseArgs(Deno.args, {
  string: ["json", "only"],
  boolean: ["quick", "help"],
});
if (help) {
  console.log("deno task bench:peers [--only CASE,…] [--quick] [--json FILE]\n");
  for (const { name, text } of CASES) console.log(`  ${name.padEnd(10)}${text}`);
  Deno.exit(0);
}
const names = only?.split(",") ?? CASES.map(({ name }) => name);
const unknown = [...rest.map(String), ...names.filter((name) => !CASES.some((known) => known.name === name))];
if (unknown.length > 0) {
  console.error(
    `no case is called ${unknown.join(", ")}; there are ${CASES.map(({ name }) => name).join(", ")}`,
  );
  Deno.exit(2);
}
const { adapter, env } = await ensureVulkan();
console.error(
  `${adapter ?? "no adapter"}; ${navigator.hardwareConcurrency} cores; Deno ${Deno.version.deno}`,
);
const figures = await measureAll(
  names,
  { peers: PEERS, quick, env },
  (name) => console.error(`measuring ${name}`),
);
console.log(tableOf(figures));
if (json !== undefined) {
  const date = new Date().toISOString().slice(0, 10);
  await Deno.writeTextFile(json, JSON.stringify({ date, adapter, quick, figures }, null, 2) + "\n");
}
if (figures.some(({ note }) => note?.startsWith("NOT THE SAME WORK"))) Deno.exit(1);
