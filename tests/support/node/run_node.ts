/**
 * `deno task test:node`: packs the package for Node, installs the archive in a fresh project, and runs
 * pictures there: on the CPU, with lanes and without, and on Dawn, where that finds an adapter, which may be
 * Chromium's SwiftShader. The bytes must be those of Deno. The last line counts the tests.
 *
 * @module
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Engine, ixc2 } from "../../../mod.ts";
import { startDeno, startProgram } from "../../../src/tasks/run.ts";
import { tallyText } from "../../../src/tasks/tally.ts";
import { sha256 } from "../golden/golden.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

const FILES = ["page.png", "tower.jpg"].map((name) => join(ROOT, "tests/fixtures/pictures", name));

/** The Vulkan driver that Debian's Chromium brings; Dawn takes no older Mesa. */
const SWIFTSHADER = "/usr/lib/chromium/vk_swiftshader_icd.json";

/** The project's program: a line for each engine, which is a hash, or the code of an error. */
const PROGRAM = `
  import { createHash } from "node:crypto";
  import { Engine, ixc2 } from "@vitrail/vitrail";
  for (const [executor, lanes] of [["simd", 0], ["simd", 2], ["webgpu", 0]]) {
    try {
      await using engine = await Engine.open({ executor, lanes });
      const { pixelValues } = await engine.run(ixc2({ size: 28 }), process.argv.slice(2));
      console.log(createHash("sha256").update(await pixelValues.bytes()).digest("hex"));
    } catch (error) {
      console.log(error.code);
    }
  }
`;

/** Returns the program and arguments that start Node 24: the one that is here, or npm's. */
async function nodeCommand(): Promise<[string, string[]]> {
  const { stdout } = await startProgram("node", ["--version"], { stdout: "keep" });
  return Number(/^v(\d+)/.exec(stdout)?.[1]) >= 24 ? ["node", []] : ["npx", ["-y", "node@24"]];
}

/** Returns the sha256 of the pictures' tensor, made here. */
async function expected(): Promise<string> {
  await using engine = await Engine.open({ executor: "simd", lanes: 0 });
  return sha256(await (await engine.run(ixc2({ size: 28 }), FILES)).pixelValues.bytes());
}

const folder = await Deno.makeTempDir({ prefix: "vitrail-node-" }),
  tally = { passed: 0, failed: 0, skipped: 0 };
try {
  const built = join(folder, "package/"), project = join(folder, "project");
  await startDeno(["run", "--quiet", "--allow-all", join(ROOT, "src/tasks/bundle/build_node.ts"), built]);
  await Deno.mkdir(project);
  await Deno.writeTextFile(join(project, "package.json"), JSON.stringify({ type: "module" }));
  await Deno.writeTextFile(join(project, "main.js"), PROGRAM);
  const { stdout: archive } = await startProgram("npm", ["pack", "--silent", built], {
    cwd: project,
    stdout: "keep",
  });
  const install = ["install", "--silent", "--omit=peer", "--no-audit", `./${archive.trim()}`];
  await startProgram("npm", install, { cwd: project });
  await startProgram("npm", ["install", "--silent", "--no-audit", "webgpu@0.6.2"], { cwd: project });
  const [node, first] = await nodeCommand();
  const driver = await Deno.stat(SWIFTSHADER).then(() => ({ VK_ICD_FILENAMES: SWIFTSHADER }), () => ({}));
  const env = Deno.env.get("VK_ICD_FILENAMES") ? {} : driver, args = [...first, "main.js", ...FILES];
  const { stdout } = await startProgram(node, args, { cwd: project, env, stdout: "both" });
  const lines = stdout.trim().split("\n"), right = await expected();
  for (const line of [0, 1, 2]) {
    if (lines[line] === right) tally.passed++;
    else if (line === 2 && lines[line] === "device") tally.skipped++;
    else tally.failed++;
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
console.log(tallyText(tally));
Deno.exit(tally.failed > 0 ? 1 : 0);
