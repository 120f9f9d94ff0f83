import { fileURLToPath } from "node:url";
import { main } from "../../src/cli/main.ts";

/** The bundled pictures. */
export const PICTURES = fileURLToPath(new URL("../fixtures/pictures", import.meta.url));

/** The exit status of a run of the command line, and what it printed. */
export interface Ran {
  status: number;
  out: string;
  err: string;
}

/** Runs the command line in this process. */
export async function vitrail(...args: string[]): Promise<Ran> {
  const out: string[] = [], err: string[] = [];
  const status = await main(args, { out: (text) => out.push(text), err: (text) => err.push(text) });
  return { status, out: out.join("\n"), err: err.join("\n") };
}

/** An environment without an adapter: WebGPU is to use a graphics interface that the system does not have. */
export const WITHOUT_DRIVERS = { DENO_WEBGPU_BACKEND: Deno.build.os === "windows" ? "metal" : "dx12" };

/** The program. */
export const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** Runs the command line in a process that may read and write, and what `allowed` says, and nothing else. */
export async function vitrailProcess(
  env: Record<string, string>,
  args: string[],
  ...allowed: string[]
): Promise<Ran> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-read", "--allow-write", ...allowed, MAIN, ...args],
    env: { ...env, NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  return { status: code, out: text.decode(stdout), err: text.decode(stderr) };
}

/** Starts the command line in a process of its own, to be killed; `killed` says whether a signal ended it. */
export function vitrailStarted(...args: string[]): { process: Deno.ChildProcess; killed: Promise<boolean> } {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-read", "--allow-write", MAIN, ...args],
    stdout: "null",
    stderr: "null",
  }).spawn();
  return { process, killed: process.status.then(({ signal }) => signal !== null) };
}

/** Registers a test with a folder of its own. */
export function inFolder(name: string, run: (folder: string) => Promise<void>): void {
  Deno.test(name, async () => {
    const folder = await Deno.makeTempDir({ prefix: "vitrail" });
    try {
      await run(folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
