import { fileURLToPath } from "node:url";
import { main } from "../../src/cli/main.ts";

/** The bundled pictures. */
export const PICTURES = fileURLToPath(new URL("../fixtures/pictures", import.meta.url));

/** What a run of the command line gave. */
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
