import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import manifest from "../../deno.json" with { type: "json" };
import { readSafetensors } from "../../src/formats/safetensors.ts";
import { smallSet } from "../support/fuzz/small_set.ts";
import { EVERY_CALL } from "../support/golden/golden_calls.ts";
import { assertSameFiles, filesIn, turns, writePicture, writeSamples } from "../support/sft/data_set.ts";
import { inFolder, MAIN, vitrail, vitrailStarted } from "../support/vitrail.ts";

const SHARDS = EVERY_CALL ? 60 : 12;

/**
 * Times from a shard to the kill after it, in ms, drawn once. The write, the flush and the rename of a shard
 * take about as long.
 */
const MOMENTS = [0, 3, 1, 7, 2, 5, 0, 11, 4, 9];

/** Waits for `ms` milliseconds. */
function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The names of the shards in a folder. */
async function shardsIn(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  return entries.map(({ name }) => name).filter((name) => name.endsWith(".safetensors"));
}

/** The runs that are killed: the flags of each beside those of all, and the count of its kills. */
const KILLED = [
  { name: "sft", flags: [], kills: EVERY_CALL ? 10 : 2 },
  { name: "sft --pack", flags: ["--pack", "900"], kills: EVERY_CALL ? 10 : 1 },
];

for (const { name, flags, kills } of KILLED) {
  inFolder(
    `vitrail ${name} gives an unbroken run's files after several kills`,
    async (folder) => {
      const args = [...await smallSet(folder, SHARDS), ...flags];
      assertEquals((await vitrail(...args, "--out", join(folder, "whole"))).status, 0);
      const broken = join(folder, "broken"), again = [...args, "--out", broken];
      for (let kill = 0; kill < kills; kill++) {
        const enough = (await shardsIn(broken)).length + 2;
        const { process, killed } = vitrailStarted(...again);
        let ended = false;
        killed.then(() => ended = true);
        while (!ended && (await shardsIn(broken)).length < enough) await after(1);
        await after(MOMENTS[kill]);
        if (!ended) process.kill("SIGKILL");
        assert(await killed, "it was done before it was killed");
        // A shard under its own name is whole, and one that is not whole has another name.
        for (const name of await shardsIn(broken)) await readSafetensors(join(broken, name));
        assertEquals(await Deno.stat(join(broken, "manifest.json")).catch(() => undefined), undefined);
      }
      const { status, out } = await vitrail(...again, "--json");
      assertEquals(status, 0);
      assert(JSON.parse(out).found > 0, out);
      assertSameFiles(await filesIn(broken), await filesIn(join(folder, "whole")));
    },
  );
}

inFolder(
  "vitrail sft ends after a shard where it is interrupted, and says how it goes on",
  async (folder) => {
    await writePicture(folder, "a.png", { kind: "noise", w: 400, h: 600, seed: 1 });
    const samples = Array.from({ length: SHARDS }, (_, id) => ({
      id,
      conversations: turns("?", `it's ${id}`),
      image: "a.png",
    }));
    const data = await writeSamples(folder, "data set.json", samples), out = join(folder, "out");
    const args = [
      ...["sft", data, "--recipe", "ixc25", "--executor", "reference", "--image-root", folder],
      ...["--shard-size", "1samples", "--out", out],
    ];
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", "--allow-read", "--allow-write", MAIN, ...args],
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    while ((await shardsIn(out)).length === 0) await after(5);
    process.kill("SIGINT");
    const { code, stdout, stderr } = await process.output(), text = new TextDecoder();
    assertEquals(code, 130, text.decode(stderr));
    assertStringIncludes(text.decode(stderr), "ending after this shard; once more ends at once");
    const whole = (await shardsIn(out)).length, command = args.join(" ").replace(data, `'${data}'`);
    assertEquals(
      text.decode(stdout),
      `stopped: ${whole} of ${SHARDS} shards are whole in ${out}; this goes on from there:\n` +
        `  vitrail ${command}\n`,
    );
    const planned = JSON.parse((await vitrail(...args, "--dry-run", "--json")).out);
    assertEquals(planned.shards, SHARDS);
  },
);

inFolder("vitrail sft --json says in one document that it was interrupted while planning", async (folder) => {
  await writePicture(folder, "a.png", { kind: "noise", w: 40, h: 60, seed: 1 });
  const sample = { conversations: turns("?", "it"), image: "a.png" };
  const data = await writeSamples(folder, "data.json", Array.from({ length: 20_000 }, () => sample));
  const out = join(folder, "out");
  const args = ["sft", data, "--recipe", "ixc25", "--image-root", folder, "--out", out, "--json"];
  const permissions = ["--allow-read", "--allow-write", "--allow-env=VITRAIL_COMMAND"];
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...permissions, MAIN, ...args, "--progress", "json"],
    env: { VITRAIL_COMMAND: "deno task vitrail" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [begun, rest] = process.stderr.tee(), reader = begun.getReader();
  await reader.read();
  process.kill("SIGINT");
  const [{ code }, text, progress] = await Promise.all([
    process.status,
    new Response(process.stdout).text(),
    new Response(rest).text(),
    reader.cancel(),
  ]);
  assertEquals(code, 130, progress);
  for (const line of progress.trim().split("\n")) JSON.parse(line);
  const command = `deno task vitrail ${args.join(" ")} --progress json`;
  assertEquals(JSON.parse(text), { stopped: true, out, whole: null, shards: null, command });
});

inFolder(
  "vitrail sft --json says so where it was interrupted while its engine was opened",
  async (folder) => {
    await writePicture(folder, "a.png", { kind: "noise", w: 40, h: 60, seed: 1 });
    const data = await writeSamples(folder, "data.json", [{
      conversations: turns("?", "it"),
      image: "a.png",
    }]);
    const out = join(folder, "out"), src = new URL("../../src/", import.meta.url);
    const args = ["sft", data, "--recipe", "ixc25", "--image-root", folder, "--out", out, "--json"];
    const program = `
    import { main } from "${src}cli/main.ts";
    import { Engine } from "${src}engine/engine.ts";
    Engine.open = () => {
      Deno.kill(Deno.pid, "SIGINT");
      return new Promise(() => setTimeout(() => {}, 60_000));
    };
    await main(${JSON.stringify(args)});
  `;
    const { code, stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", program] }).output();
    const { stopped, whole } = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals([code, stopped, whole], [130, true, null]);
  },
);

inFolder("vitrail tile --each --json says in one document that it was interrupted", async (folder) => {
  const names = Array.from({ length: 60 }, (_, index) => `${index}.png`), out = join(folder, "out");
  await writePicture(folder, names[0], { kind: "noise", w: 40, h: 60, seed: 1 });
  for (const name of names.slice(1)) await Deno.copyFile(join(folder, names[0]), join(folder, name));
  const args = ["tile", ...names.map((name) => join(folder, name)), "--each", "--json"];
  args.push("--recipe", "ixc2", "--set", "size=112", "--executor", "reference", "--out", out);
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-read", "--allow-write", MAIN, ...args],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  while ((await shardsIn(out)).length === 0) await after(5);
  process.kill("SIGINT");
  const { code, stdout } = await process.output();
  const { whole, ...document } = JSON.parse(new TextDecoder().decode(stdout));
  const command = `vitrail ${args.join(" ")}`;
  assertEquals([code, document], [130, { stopped: true, out, samples: names.length, command }]);
  assert(whole < names.length, `${whole}`);
});

Deno.test("vitrail says how to go on as deno.json's task starts it", () => {
  assertStringIncludes(manifest.tasks.vitrail.command, ' VITRAIL_COMMAND="deno task vitrail" deno run ');
});

Deno.test("Interruption hears a signal that came while the work was busy", async () => {
  // Between the signal and the end of the work there is no turn of the event loop.
  const program = `
    import { Interruption } from "${new URL("../../src/cli/interruption.ts", import.meta.url)}";
    let heard = 0;
    {
      await using interruption = new Interruption(() => heard++);
      Deno.kill(Deno.pid, "SIGINT");
    }
    console.log(heard);
  `;
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", program] }).output();
  assertEquals(new TextDecoder().decode(stdout).trim(), "1");
});
