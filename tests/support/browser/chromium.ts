import { installPackages } from "../../../src/tasks/debian.ts";

/** The names that Chromium goes by. */
const NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/**
 * Flags of a Chromium that nobody sees, with WebGPU: on SwiftShader where the machine has no GPU. As root it
 * has no sandbox, and needs none for pages of our own.
 */
const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--enable-unsafe-webgpu",
  "--no-first-run",
  "--disable-extensions",
  "--disable-dev-shm-usage",
  "--disable-background-timer-throttling",
];

/** A Chromium that shows a page. */
export interface Chromium extends AsyncDisposable {
  /** Resolves when it has ended, to the last that it said. */
  readonly ended: Promise<string>;
  /** The folder of its profile. */
  readonly profile: string;
}

/**
 * Returns Chromium's program. Where there is none it is installed, as root on Debian; where that cannot be,
 * it is undefined, and a line says how to get it.
 */
export async function ensureChromium(): Promise<string | undefined> {
  const found = await findChromium();
  if (found !== undefined) return found;
  if (await installPackages(["chromium"], "No Chromium")) return await findChromium();
  console.error("No Chromium. On Debian or Ubuntu: sudo apt-get install chromium");
}

async function findChromium(): Promise<string | undefined> {
  for (const name of NAMES) {
    for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
      const path = `${folder}/${name}`;
      if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return path;
    }
  }
}

/**
 * Starts Chromium on a page, with a profile of its own, which is removed with it.
 * @param more other flags
 */
export async function startChromium(
  program: string,
  url: string,
  more: readonly string[] = [],
): Promise<Chromium> {
  const profile = await Deno.makeTempDir({ prefix: "vitrail-chromium-" });
  const child = new Deno.Command(program, {
    args: [...FLAGS, ...more, `--user-data-dir=${profile}`, url],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const said = new Response(child.stderr).text().catch(() => "");
  return {
    profile,
    ended: child.status.then(async () => (await said).trim().split("\n").slice(-3).join("\n")),
    async [Symbol.asyncDispose]() {
      try {
        child.kill();
      } catch (error) {
        if (!(error instanceof TypeError)) throw error; // it has ended
      }
      await child.status;
      await Deno.remove(profile, { recursive: true }).catch(() => {}); // a child of its may still write there
    },
  };
}
