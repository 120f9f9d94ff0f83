import { join } from "node:path";
import { startProgram } from "../run.ts";
import { ROOT } from "./bundle.ts";

/** The library of WebGPU's types, which Deno has by itself. */
const GLOBALS = `/// <reference lib="dom" />\n`;

/**
 * Writes the declarations of what `mod.ts` exports, as `deno pack` makes them, into a folder: `mod.d.ts`, and
 * under `src/` those that it refers to.
 */
export async function writeDeclarations(out: string): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "vitrail-types-" });
  try {
    const archive = join(folder, "packed.tgz");
    await run(Deno.execPath(), ["pack", "--quiet", "--allow-dirty", "--no-source-maps", "--output", archive]);
    await run("tar", ["-xzf", archive, "-C", folder]);
    await copyDeclarations(join(folder, "package"), out);
    const entry = join(out, "mod.d.ts");
    await Deno.writeTextFile(entry, GLOBALS + await Deno.readTextFile(entry));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const { code } = await startProgram(program, args, { cwd: ROOT, stdout: "keep" });
  if (code !== 0) throw new Deno.errors.NotFound(`${program} ${args[0]} ended with code ${code}`);
}

async function copyDeclarations(from: string, to: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyDeclarations(join(from, name), join(to, name));
    if (!name.endsWith(".d.ts")) continue;
    await Deno.mkdir(to, { recursive: true });
    await Deno.copyFile(join(from, name), join(to, name));
  }
}
