import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { turns, writePicture, writeSamples } from "../../support/sft/data_set.ts";
import { SMALL } from "../../support/sft/sft_set.ts";
import { inFolder, MAIN, vitrail } from "../../support/vitrail.ts";

/** Starts the command line in a process of its own; its output is read. */
function started(...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-read", "--allow-write", MAIN, ...args],
    stdout: "piped",
    stderr: "null",
  }).spawn();
}

/** Waits until a folder has a file whose name ends so, for a minute at most. */
async function until(folder: string, ending: string): Promise<void> {
  for (const end = performance.now() + 60_000; performance.now() < end;) {
    const found = await namesIn(folder).catch((): string[] => []);
    if (found.some((name) => name.endsWith(ending))) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`no file in ${folder} ends in ${ending}`);
}

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

/** Writes a data set of one picture in so many samples, and returns its path. */
async function dataIn(folder: string, samples: number): Promise<string> {
  await writePicture(folder, "a.png", { kind: "noise", w: 40, h: 60, seed: 1 });
  const own = Array.from(
    { length: samples },
    (_, id) => ({ id, conversations: turns("?", "!"), image: "a.png" }),
  );
  return await writeSamples(folder, "data.json", own);
}

inFolder(
  "vitrail export --json says in one document that it was interrupted, and goes on",
  async (folder) => {
    const data = await dataIn(folder, 20), set = join(folder, "set"), out = join(folder, "out");
    const flags = ["--image-root", folder, "--shard-size", "1samples", "--out", set];
    assertEquals((await vitrail("sft", data, ...SMALL, ...flags)).status, 0);
    const args = ["export", set, "--to", "parquet", "--out", out, "--json"], process = started(...args);
    await until(out, "00002.parquet");
    process.kill("SIGINT");
    const { code, stdout } = await process.output();
    const document = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals([code, document], [130, { stopped: true, out, command: `vitrail ${args.join(" ")}` }]);
    const whole = (await namesIn(out)).filter((name) => name.endsWith(".parquet")).length;
    assert(whole < 20, `${whole} of 20 files`);
    const { kept, files } = JSON.parse((await vitrail(...args)).out);
    assertEquals(files.length, 20);
    assert(kept >= whole - 1 && kept > 0, `${kept} of ${whole} were kept`); // the last may lack its note
  },
);

inFolder(
  "vitrail sft ends soon where it is interrupted twice, and leaves no part",
  async (folder) => {
    const pictures = Array.from({ length: 150 }, (_, index) => `${index}.png`), out = join(folder, "out");
    await writePicture(folder, pictures[0], { kind: "noise", w: 200, h: 300, seed: 1 });
    for (const name of pictures.slice(1)) await Deno.copyFile(join(folder, pictures[0]), join(folder, name));
    const samples = pictures.map((image, id) => ({ id, conversations: turns("?", "!"), image }));
    const data = await writeSamples(folder, "data.json", samples);
    const args = [
      "sft",
      data,
      "--recipe",
      "ixc25",
      "--executor",
      "reference",
      "--image-root",
      folder,
      "--out",
      out,
    ];
    const process = started(...args, "--json");
    await until(out, ".safetensors.1-of-1.part");
    process.kill("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.kill("SIGINT");
    const interrupted = performance.now(), { code, stdout } = await process.output();
    const took = performance.now() - interrupted;
    assert(took < 5000, `it took ${took} ms`); // of which a busy machine takes most
    const { command: _, ...document } = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals([code, document], [130, { stopped: true, out, whole: 0, shards: 1 }]);
    assertEquals(await namesIn(out), ["arguments.json"]);
  },
);
