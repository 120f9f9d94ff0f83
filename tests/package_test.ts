/**
 * The package as people add it to a project of their own, each time in a fresh folder, where it runs a
 * picture.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Engine, ixc2 } from "../mod.ts";
import { sha256 } from "./support/golden/golden.ts";
import { inFolder } from "./support/temporary_folder.ts";
import { PICTURES } from "./support/vitrail.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Files that a copy of the package is made of, but for its deno.json. */
const PARTS = ["mod.ts", "src", "shaders"];

/** One picture a portable decoder: what a project reads with `--allow-read` alone. */
const FILES = ["page.png", "tower.jpg"].map((name) => join(PICTURES, name));

/** A program of the project's own, which imports the package under the name that is given. */
function programOf(name: string): string {
  return `
    import { Engine, ixc2 } from ${JSON.stringify(name)};
    await using engine = await Engine.open({ executor: "reference" });
    const batch = await engine.run(ixc2({ size: 28 }), Deno.args);
    const bytes = await batch.pixelValues.bytes();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    console.log(batch.pixelValues.shape.join("x"), digest.toHex());
  `;
}

/** Runs `main.ts` in a project's folder, with nothing but leave to read. */
async function runIn(folder: string): Promise<{ code: number; out: string; err: string }> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-read", "main.ts", ...FILES],
    cwd: folder,
    env: { NO_COLOR: "1" },
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout).trim(), err: decoder.decode(stderr) };
}

/** Copies files and folders, whole. */
async function copy(from: string, to: string, names: readonly string[]): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for (const name of names) {
    const source = join(from, name), goal = join(to, name);
    if ((await Deno.stat(source)).isFile) await Deno.copyFile(source, goal);
    else await copy(source, goal, (await Array.fromAsync(Deno.readDir(source))).map((entry) => entry.name));
  }
}

/** Returns the line that the program prints where the package is right: made here, by the same pictures. */
async function expected(): Promise<string> {
  await using engine = await Engine.open({ executor: "reference" });
  const batch = await engine.run(ixc2({ size: 28 }), FILES);
  return `${batch.pixelValues.shape.join("x")} ${sha256(await batch.pixelValues.bytes())}`;
}

Deno.test("mod.ts runs by its path in an import map", () =>
  inFolder(async (folder) => {
    const imports = { "@vitrail/vitrail": join(ROOT, "mod.ts") };
    await Deno.writeTextFile(join(folder, "deno.json"), JSON.stringify({ imports }));
    await Deno.writeTextFile(join(folder, "main.ts"), programOf("@vitrail/vitrail"));
    assertEquals(await runIn(folder), { code: 0, out: await expected(), err: "" });
  }));

Deno.test("mod.ts runs in a vendored copy without its deno.json", () =>
  inFolder(async (folder) => {
    await copy(ROOT, join(folder, "vendor/vitrail"), PARTS);
    await Deno.writeTextFile(join(folder, "main.ts"), programOf("./vendor/vitrail/mod.ts"));
    assertEquals(await runIn(folder), { code: 0, out: await expected(), err: "" });
  }));

Deno.test("mod.ts runs in a project that has a package.json, and where it cannot says how", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(
      join(folder, "package.json"),
      JSON.stringify({ name: "project", type: "module" }),
    );
    await Deno.writeTextFile(join(folder, "main.ts"), programOf(join(ROOT, "mod.ts")));
    const refused = await runIn(folder);
    assertEquals([refused.code, refused.out], [1, ""]);
    assertStringIncludes(refused.err, '"nodeModulesDir": "auto"');
    await Deno.writeTextFile(join(folder, "deno.json"), JSON.stringify({ nodeModulesDir: "auto" }));
    const { code, out } = await runIn(folder);
    assertEquals([code, out], [0, await expected()]);
  }));
