import { join } from "node:path";
import { MAIN } from "../vitrail.ts";

/** `vitrail serve` in a process of its own. */
export interface ServedProcess {
  /** Its address. */
  readonly url: string;
  readonly pid: number;
  /** Ends it as a scheduler does, and returns its exit code. */
  stop(): Promise<number>;
}

/** Starts `vitrail serve` on a free port, with more arguments, and waits until it answers. */
export async function startServed(...args: string[]): Promise<ServedProcess> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "-A", MAIN, "serve", "--port", "0", "--json", ...args],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n}")) {
    const { value, done } = await lines.read();
    if (done) throw new Error(`vitrail serve ended with code ${(await process.status).code}`);
    text += value;
  }
  return {
    url: JSON.parse(text).address,
    pid: process.pid,
    async stop() {
      process.kill("SIGTERM");
      await lines.cancel();
      return (await process.status).code;
    },
  };
}

/** Writes a model of pictures to a folder: Qwen2-VL's class, of which each picture has few patches. */
export async function writeModel(folder: string, maxPixels: number): Promise<void> {
  const config = {
    image_processor_type: "Qwen2VLImageProcessor",
    processor_class: "Qwen2_5_VLProcessor",
    min_pixels: 28 * 28,
    max_pixels: maxPixels,
  };
  await Deno.writeTextFile(join(folder, "preprocessor_config.json"), JSON.stringify(config));
}

/** Returns the processor time that a process has taken, ms, as Linux counts it: in hundredths of a second. */
export async function processorTime(pid: number): Promise<number> {
  const text = await Deno.readTextFile(`/proc/${pid}/stat`),
    facts = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [user, system] = facts.slice(11, 13).map(Number);
  return (user + system) * 10;
}

/** Returns the memory of a process, bytes: what it holds now. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s*(\d+) kB/.exec(status)![1]) * 1024;
}
