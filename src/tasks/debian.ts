import { startProgram } from "./run.ts";

/**
 * Installs packages of Debian, where that needs no password: as root, on Debian or a system derived from it.
 * @param why the reason, for people
 * @returns true where it did
 */
export async function installPackages(packages: readonly string[], why: string): Promise<boolean> {
  if (!await isDebian() || Deno.uid() !== 0) return false;
  console.log(`${why}: installing ${packages.join(" and ")}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const update = await startProgram("apt-get", ["update", "-qq"], { env });
  if (update.code !== 0) console.error(`apt-get update ended with code ${update.code}`);
  const args = ["install", "-y", "-qq", "--no-install-recommends", ...packages];
  const { code } = await startProgram("apt-get", args, { env, stdout: "keep" });
  if (code !== 0) console.error(`apt-get install ended with code ${code}`);
  return code === 0;
}

/** Tells if this system installs its packages with apt. */
async function isDebian(): Promise<boolean> {
  return await Deno.stat("/etc/debian_version").then(() => true, () => false);
}
