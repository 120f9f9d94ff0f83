import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startProgram } from "../run.ts";

const ROOT = new URL("../../../", import.meta.url);

/** The folder that packages are installed into, which git ignores. */
const FOLDER = fileURLToPath(new URL(".cache/packages/", ROOT));

/**
 * Returns a folder whose `node_modules` has the packages of deno.json: a bundler finds none in Deno's cache.
 * They are installed by Deno, from its cache where they are there, and only if the list has changed.
 */
export async function packagesFolder(): Promise<string> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const versions = Object.values<string>(imports).flatMap((specifier) => {
    const [, name, version] = /^npm:(.+)@([^@]+)$/.exec(specifier) ?? [];
    return name === undefined ? [] : [[name, version] as const];
  });
  const list = JSON.stringify({ dependencies: Object.fromEntries(versions) }, null, 2);
  const file = join(FOLDER, "package.json"), done = join(FOLDER, "installed.json");
  if (await Deno.readTextFile(done).catch(() => undefined) === list) return FOLDER;
  await Deno.mkdir(FOLDER, { recursive: true });
  await Deno.writeTextFile(file, list);
  await Deno.writeTextFile(join(FOLDER, "deno.json"), JSON.stringify({ nodeModulesDir: "auto" }));
  const { code } = await startProgram(Deno.execPath(), ["install", "--quiet"], { cwd: FOLDER });
  if (code !== 0) throw new Deno.errors.NotFound(`deno install ended with code ${code} in ${FOLDER}`);
  await Deno.writeTextFile(done, list);
  return FOLDER;
}
