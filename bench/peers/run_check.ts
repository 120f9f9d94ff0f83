/**
 * `deno task bench:check`: measures what two minutes have room for, and reports each ratio that has fallen by
 * more than a fifth below bench/baseline.json, and each of the host's that is missing. A line of the host's
 * is a failure: those are processor times, held against a copy's. Any other is none, since machines and their
 * moods differ. `--write` writes the ratios to the baseline. `--only host` takes some of the cases.
 * transformers.js takes no part, since its download is 430 MB.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { ensureVulkan } from "../../src/tasks/vulkan.ts";
import { measureAll } from "../cases/measure.ts";
import { type Baseline, fallen, ratiosOf } from "../report/baseline.ts";
import { PEERS, TRANSFORMERS_JS } from "./programs.ts";

const { only, write } = parseArgs(Deno.args, { string: ["only"], boolean: ["write"] });
const path = new URL("../baseline.json", import.meta.url);
const { env } = await ensureVulkan();
const peers = PEERS.filter(({ name }) => name !== TRANSFORMERS_JS);
const cases = only?.split(",") ?? ["one", "host", "kernels", "start"];
const figures = await measureAll(cases, { peers, quick: true, env }, () => {});
const now = ratiosOf(figures), before: Baseline = JSON.parse(await Deno.readTextFile(path));
if (write) {
  await Deno.writeTextFile(path, JSON.stringify({ ...before, ...now }, null, 2) + "\n");
  console.log(`wrote ${Object.keys(now).length} ratios`);
} else {
  const lines = fallen(now, before, cases.filter((name) => name === "host"));
  for (const line of lines) console.log(line);
  console.log(`${Object.keys(now).length} ratios, ${lines.length} fell by more than a fifth, or are missing`);
  if (lines.some((line) => line.startsWith("host: "))) Deno.exitCode = 1;
}
