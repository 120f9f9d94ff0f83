/**
 * `deno task test:node`: packs the package for Node, installs the archive in a fresh project, and holds what
 * it gives there to what Deno gives: pictures on the CPU, with lanes and without, and on Dawn, whose adapter
 * may be Chromium's SwiftShader, and in Bun; the command line; the types. Then goldens run in Node, on Dawn
 * and SIMD: a call or two of each, or with VITRAIL_GOLDENS=all every call. Only VITRAIL_NO_GPU=1 leaves Dawn
 * out. The last line counts the tests.
 *
 * @module
 */

import { assert } from "@std/assert";
import { basename, dirname, join } from "node:path";
import { Engine, ixc2 } from "../../../mod.ts";
import { NO_GPU } from "../../../src/tasks/suite.ts";
import { tallyText } from "../../../src/tasks/tally.ts";
import { bundleTests } from "../bundled/bundle_tests.ts";
import { GOLDEN_FILES } from "../bundled/golden_files.ts";
import { ReportTally } from "../bundled/report_tally.ts";
import { sha256 } from "../golden/golden.ts";
import { NodeProject, ROOT } from "./node_project.ts";

const CODECS = join(ROOT, "tests/fixtures/codecs");
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
  const bun = join(project.folder, "node_modules/.bin/bun");
  const { stdout } = await project.run([bun, "hashes.js", "simd", "2", ...FILES], { stdout: "keep" });
  expect("pictures in Bun by simd with 2 lanes", stdout.trim(), right);
}

/** A small picture as a data: URI. */
const TINY = `data:image/jpeg;base64,${(await Deno.readFile(join(CODECS, "rgb-tiny.jpg"))).toBase64()}`;

/** A data set as LLaVA's are, of pictures beside it: one, two, one in the record itself, and none. */
const SET = [["page.png"], ["tower.jpg", "page.png"], [TINY], []].map((image, id) => ({
  id: `${id}`,
  ...(image.length > 0 && { image }),
  conversations: [
    { from: "human", value: `${"<image>\n".repeat(image.length)}What is ${id}?` },
    { from: "gpt", value: `It is ${id}.` },
  ],
}));

/** The recipe of the commands, and what makes a training set by it. */
const RECIPE = ["--recipe", "ixc2", "--executor", "simd"],
  SFT = [
    "sft",
    "set.json",
    "--image-root",
    "pictures",
    ...RECIPE,
    "--set",
    "size=28",
    "--shard-size",
    "1samples",
  ];

/** Commands, in order. `OUT` is a file or a folder that they write, and that later ones may read. */
const COMMANDS: readonly string[][] = [
  ["--version"],
  ["--help"],
  ["plan", "1920x1080", FILES[0], "--recipe", "ixc25", "--json"],
  ["plan", join(CODECS, "turned-7-profile.png"), "--orient", "exif", "--recipe", "ixc25", "--json"],
  ["tile", ...FILES, ...RECIPE, "--out", "OUT.safetensors"],
  ["verify", FILES[1], ...RECIPE, "--json"],
  ["inspect", FILES[1], ...RECIPE, "--out", "OUT.png"],
  ["inspect", FILES[1], ...RECIPE, "--html", "OUT.html"],
  ["tile", "none.jpg", "--recipe", "ixc2", "--out", "none.safetensors"],
  [...SFT, "--out", "OUT", "--shard", "1/2"],
  [...SFT, "--out", "OUT", "--shard", "2/2"],
  ["merge", "OUT"],
];

/** Runs the command line, and compares what it prints and writes with Deno's. */
async function testCommands(project: NodeProject): Promise<void> {
  const bin = join(project.folder, "node_modules/.bin/vitrail"), main = join(ROOT, "src/cli/main.ts");
  await project.write("set.json", JSON.stringify(SET));
  await Deno.mkdir(join(project.folder, "pictures"));
  for (const file of FILES) await Deno.copyFile(file, join(project.folder, "pictures", basename(file)));
  for (const command of COMMANDS) {
    const args = (who: string) => command.map((arg) => arg.replace("OUT", who));
    const [here, there] = await Promise.all([
      project.run([Deno.execPath(), "run", "-A", main, ...args("by_deno")], { stdout: "keep" }),
      project.runNode([bin, ...args("by_node")], { stdout: "keep" }),
    ]);
    const text = ({ code, stdout }: typeof here, who: string) =>
      `${code}: ${stdout.replaceAll(who, "OUT").replaceAll(/\d+(\.\d+)? (?:m?s\b|pictures\/s)/g, "TIME")}`;
    const name = command.map((arg) => arg.startsWith(ROOT) ? basename(arg) : arg).join(" ");
    expect(`vitrail ${name}, in Node`, text(there, "by_node"), text(here, "by_deno"));
  }
  const [own, right] = await Promise.all(["by_node", "by_deno"].map((who) => writtenBy(project.folder, who)));
  assert(right.length >= 8);
  expect("vitrail tile, inspect and sft write in Node", own.join("\n"), right.join("\n"));
}

/** Returns the files under a name and in the folder of it, each with its sha256. */
async function writtenBy(folder: string, who: string): Promise<string[]> {
  const paths = [`${who}.safetensors`, `${who}.png`];
  for await (const { name } of Deno.readDir(join(folder, who))) paths.push(join(who, name));
  return await Promise.all(
    paths.sort().map(async (path) => {
      return `${path.replace(who, "OUT")} ${sha256(await Deno.readFile(join(folder, path)))}`;
    }),
  );
}

/** Installs the command line by the README's line for Deno, and runs it in another folder. */
async function testInstalled(project: NodeProject): Promise<void> {
  const readme = await Deno.readTextFile(join(ROOT, "README.md")), root = join(project.folder, "installed");
  const [line] = /deno install -g [^`]+/.exec(readme) ?? [], [, ...args] = line?.split(/\s+/) ?? [];
  const kept = { cwd: ROOT, stdout: "keep" } as const;
  await project.run([Deno.execPath(), ...args, "--root", root], kept);
  const command = ["plan", "1920x1080", "--recipe", "ixc25", "--json"];
  const env = { PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}` };
  const { stdout } = await project.run([join(root, "bin/vitrail"), ...command], { stdout: "keep", env });
  const right = await project.run([Deno.execPath(), "run", "-A", "src/cli/main.ts", ...command], kept);
  expect("vitrail as deno install gives it", stdout, right.stdout);
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
  await testInstalled(project);
  await testTypes(project);
  await testGoldens(project);
}
console.log(tallyText(tally));
Deno.exit(tally.failed > 0 ? 1 : 0);
