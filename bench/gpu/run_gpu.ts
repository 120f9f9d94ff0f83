/**
 * `bench/gpu.sh`: measures all that waits for a GPU, one step after another, each in a process of its own and
 * with a limit of time. A step that fails does not end the others. The report is written after each, so that
 * a run that is ended leaves what it has.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { ensureVulkan } from "../../src/tasks/vulkan.ts";
import { CASES } from "../cases/cases.ts";
import { pythonWith } from "../peers/peer.ts";
import { TORCH, TRANSFORMERS_JS } from "../peers/programs.ts";
import type { Figure } from "../report/figure.ts";
import { type Machine, reportOf, type StepResult } from "./report.ts";

/** The time for all steps, seconds, which leaves some to start in. */
const LIMIT = 450;

/** The seconds of a case that is not among the steps. */
const ELSE = 60;

/** The cases and the seconds that each is sure of while there are any, what matters most first. */
const STEPS: Record<string, number> = {
  kernels: 90,
  splice: 30,
  resident: 110,
  stream: 60,
  "stream mixed": 70,
  "resident qwen": 110,
  lanes: 90,
  "stream qwen": 70,
  one: 40,
  batch: 50,
  qwen: 60,
  host: 60,
};

const { quick, only, _: [folder = Deno.env.get("OUT") || "."] } = parseArgs(Deno.args, {
  boolean: ["quick"],
  string: ["only"],
});
const names = only?.split(",") ?? Object.keys(STEPS);
const unknown = [...names, ...Object.keys(STEPS)].filter((step) => CASES.every(({ name }) => name !== step));
if (unknown.length > 0) throw new TypeError(`no case is called ${unknown.join(", ")}`);
const out = String(folder), end = performance.now() + LIMIT * 1000;
await Deno.mkdir(out, { recursive: true });
const machine = await machineHere();
const steps: StepResult[] = [await step("doctor", 30, "src/cli/main.ts", "doctor")];
const secondsOf = (name: string) => STEPS[name] ?? ELSE;
for (const [index, name] of names.entries()) {
  const later = names.slice(index + 1).reduce((sum, own) => sum + secondsOf(own), 0);
  const left = (end - performance.now()) / 1000 - later; // all that those after it can do without
  steps.push(await caseStep(name, Math.max(secondsOf(name), left)));
  await Deno.writeTextFile(`${out}/gpu.md`, reportOf(machine, steps));
  await Deno.writeTextFile(`${out}/gpu.json`, JSON.stringify({ ...machine, quick, steps }, null, 2) + "\n");
}
console.log(await Deno.readTextFile(`${out}/gpu.md`));

/** Measures a case of bench:peers, without two peers that take most of the time and need no GPU. */
async function caseStep(name: string, seconds: number): Promise<StepResult> {
  const json = await Deno.makeTempFile({ prefix: "vitrail-gpu-", suffix: ".json" });
  const without = ["Vitrail's reference", TRANSFORMERS_JS].flatMap((peer) => ["--without", peer]);
  const args = ["--only", name, "--seconds", "3", "--json", json, ...without, ...quick ? ["--quick"] : []];
  try {
    const { text: _, ...result } = await step(name, seconds, "bench/peers/run_peers.ts", ...args);
    const written = await Deno.readTextFile(json);
    const figures: Figure[] = written === "" ? [] : JSON.parse(written).figures;
    return { ...result, figures };
  } finally {
    await Deno.remove(json);
  }
}

/** Runs a program of the project. After its time, or when none is left, it is ended with all it started. */
async function step(name: string, most: number, file: string, ...args: string[]): Promise<StepResult> {
  const start = performance.now(), seconds = Math.floor(Math.min(most, (end - start) / 1000));
  const begun = { name, seconds: 0, figures: [] };
  if (seconds < 5) return { ...begun, failure: "not measured: no time was left" };
  console.error(`${name}, ${seconds} s at most`);
  const path = new URL(`../../${file}`, import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command("timeout", {
    args: [
      "--kill-after=3",
      String(seconds),
      Deno.execPath(),
      "run",
      "--quiet",
      "--allow-all",
      path,
      ...args,
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const [text, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  const ended = { ...begun, seconds: (performance.now() - start) / 1000, text };
  if (code === 0) return ended;
  const last = errors.trim().split("\n").slice(-6).join(" ");
  return { ...ended, failure: code === 124 || code === 137 ? `ended after ${seconds} s: ${last}` : last };
}

/** Returns what the figures depend on. */
async function machineHere(): Promise<Machine> {
  const { adapter = "no adapter" } = await ensureVulkan();
  return {
    date: new Date().toISOString().slice(0, 10),
    adapter,
    cores: navigator.hardwareConcurrency,
    deno: Deno.version.deno,
    python: await pythonHere(),
  };
}

async function pythonHere(): Promise<string> {
  const python = await pythonWith(TORCH);
  if (python === undefined) return `no Python with ${TORCH.what}`;
  const code = "import platform, torch, torchvision, PIL as p; v = platform.python_version(); " +
    "print(f'Python {v}, torch {torch.__version__}, torchvision {torchvision.__version__}, ' + " +
    "f'Pillow {p.__version__}, CUDA {torch.version.cuda}')";
  const { stdout } = await new Deno.Command(python, { args: ["-c", code] }).output();
  return new TextDecoder().decode(stdout).trim();
}
