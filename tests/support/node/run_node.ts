/**
 * `deno task test:node`: packs the package for Node, installs the archive in a fresh project, and holds what
 * it gives there to what Deno gives: pictures on the CPU, with lanes and without, and on Dawn, whose adapter
 * may be Chromium's SwiftShader; the command line; the types. Then goldens run there, on Dawn and SIMD: a
 * call or two of each, or with VITRAIL_GOLDENS=all every call. Only VITRAIL_NO_GPU=1 leaves Dawn out. The
 * last line counts the tests.
 *
 * @module
 */

import { join } from "node:path";
import { Engine, ixc2 } from "../../../mod.ts";
import { NO_GPU } from "../../../src/tasks/suite.ts";
import { tallyText } from "../../../src/tasks/tally.ts";
import { bundleTests } from "../bundled/bundle_tests.ts";
import { GOLDEN_FILES } from "../bundled/golden_files.ts";
import { ReportTally } from "../bundled/report_tally.ts";
import { sha256 } from "../golden/golden.ts";
import { NodeProject, ROOT } from "./node_project.ts";

const FILES = ["page.png", "tower.jpg"].map((name) => join(ROOT, "tests/fixtures/pictures", name));

/** A program that prints the pictures' hash by an executor, or the code of an error. */
const HASHES = `
  import { createHash } from "node:crypto";
  import { Engine, ixc2 } from "@vitrail/vitrail";
  const [executor, lanes, ...files] = process.argv.slice(2);
  try {
    await using engine = await Engine.open({ executor, lanes: Number(lanes) });
    const { pixelValues } = await engine.run(ixc2({ size: 28 }), files);
    console.log(createHash("sha256").update(await pixelValues.bytes()).digest("hex"));
  } catch (error) {
    console.log(error.code);
  }
`;

/** A file of a user's: it uses types, one of which is wrong. */
const TYPES = `
  import { Engine, ixc24khd, type Picture, readShard, recipeFromHub, VitrailError } from "@vitrail/vitrail";
  const pictures: Picture[] = ["a.jpg", new Uint8Array(3), { width: 1, height: 1, data: new Uint8Array(3) }];
  await using engine: Engine = await Engine.open({ executor: "simd" });
  const batch = await engine.run(ixc24khd({ hdNum: 4 }), pictures, { dtype: "f16" });
  export const halves: Float16Array = await batch.pixelValues.data(), device: GPUDevice = engine.device;
  for await (const { outputs } of readShard("a.safetensors")) console.log(Object.keys(outputs));
  export const recipe = await recipeFromHub("a/b").catch((error) => error instanceof VitrailError);
  // @ts-expect-error: there is no such type of elements
  await engine.run(ixc24khd(), pictures, { dtype: "f64" });
`;

/** The executors that must run in Node. */
const EXECUTORS = Deno.env.get(NO_GPU) === "1" ? ["simd"] : ["simd", "webgpu"];

const tally = new ReportTally("Node", Deno.args.length > 0 ? [] : EXECUTORS);

/** Counts a test, which fails with what was found. */
function expect(name: string, found: string, right: string): void {
  if (found === right) tally.take({ name });
  else tally.fail(name, `found    ${found}\nexpected ${right}`);
}

/** Returns the sha256 of the pictures' tensor, made here. */
async function hashHere(): Promise<string> {
  await using engine = await Engine.open({ executor: "simd", lanes: 0 });
  return sha256(await (await engine.run(ixc2({ size: 28 }), FILES)).pixelValues.bytes());
}

/** Runs pictures by an executor. */
async function testHashes(project: NodeProject): Promise<void> {
  await project.write("hashes.js", HASHES);
  const right = await hashHere();
  for (const [executor, lanes] of [["simd", "0"], ["simd", "2"], ["webgpu", "0"]]) {
    if (!EXECUTORS.includes(executor)) {
      tally.skipped++;
      continue;
    }
    const { stdout } = await project.runNode(["hashes.js", executor, lanes, ...FILES], { stdout: "keep" });
    expect(`pictures in Node by ${executor} with ${lanes} lanes`, stdout.trim(), right);
  }
}

/** Runs the command line, and compares what it prints and writes with Deno's. */
async function testCommands(project: NodeProject): Promise<void> {
  const bin = join(project.folder, "node_modules/.bin/vitrail"), main = join(ROOT, "src/cli/main.ts");
  const commands = [
    ["--version"],
    ["plan", "1920x1080", FILES[0], "--recipe", "ixc25", "--json"],
    ["tile", ...FILES, "--recipe", "ixc2", "--executor", "simd", "--out", "OUT.safetensors"],
    ["verify", FILES[1], "--recipe", "ixc2", "--executor", "simd", "--json"],
    ["inspect", FILES[1], "--recipe", "ixc2", "--executor", "simd", "--out", "OUT.png"],
    ["tile", "none.jpg", "--recipe", "ixc2", "--out", "none.safetensors"],
  ];
  for (const command of commands) {
    const args = (who: string) => command.map((arg) => arg.replace("OUT", who));
    const here = await project.run([Deno.execPath(), "run", "-A", main, ...args("deno")], { stdout: "keep" });
    const there = await project.runNode([bin, ...args("node")], { stdout: "keep" });
    const text = ({ code, stdout }: typeof here, who: string) =>
      `${code}: ${stdout.replaceAll(who, "OUT").replaceAll(/\d+(\.\d+)? m?s\b/g, "TIME")}`;
    expect(`vitrail ${command[0]} in Node`, text(there, "node"), text(here, "deno"));
    const written = command.find((arg) => arg.startsWith("OUT"));
    if (written === undefined) continue;
    const [own, right] = await Promise.all(["node", "deno"].map(async (who) => {
      return sha256(await Deno.readFile(join(project.folder, written.replace("OUT", who))));
    }));
    expect(`vitrail ${command[0]} writes in Node`, own, right);
  }
}

/** Checks the types of a user's file. */
async function testTypes(project: NodeProject): Promise<void> {
  await project.write("user.ts", TYPES);
  const options = {
    strict: true,
    noEmit: true,
    module: "nodenext",
    target: "esnext",
    lib: ["esnext"],
    types: ["node"],
  };
  await project.write("tsconfig.json", JSON.stringify({ compilerOptions: options, files: ["user.ts"] }));
  const { code, stdout } = await project.run(["npx", "tsc", "--project", "."], { stdout: "keep" });
  expect("types in Node", `${code}: ${stdout}`, "0: ");
}

/** Runs goldens on Dawn and SIMD. */
async function testGoldens(project: NodeProject): Promise<void> {
  const files = Deno.args.length > 0 ? Deno.args : GOLDEN_FILES, out = join(project.folder, "goldens/");
  await bundleTests(files, out, "node");
  let ended = false;
  await project.runNode([join(out, "tests.js")], {
    stdout: (line) => ended = (line.startsWith("{") && tally.take(JSON.parse(line))) || ended,
  });
  if (!ended) tally.fail("goldens in Node", "Node ended before they did");
}

{
  await using project = await NodeProject.make();
  await testHashes(project);
  await testCommands(project);
  await testTypes(project);
  await testGoldens(project);
}
console.log(tallyText(tally));
Deno.exit(tally.failed > 0 ? 1 : 0);
