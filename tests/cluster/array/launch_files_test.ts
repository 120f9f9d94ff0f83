import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { parse, parseAllDocuments } from "npm:yaml@2.9.1";
import type { Launch } from "../../../src/cluster/array/launch.ts";
import { LAUNCH_FILES } from "../../../src/cluster/array/launch_files.ts";
import { inFolder, vitrail } from "../../support/vitrail.ts";

/** Words that a shell, YAML or a scheduler could take for something else. */
const WORDS = [
  "my set.json",
  "it's",
  '"quoted"',
  "$HOME ${HOME} $(id) $$ `id`",
  "a\nEND\nb",
  "END",
  "a: b # c",
  "yes",
  "0777",
  "- x",
  "{a, *b, &c}",
  "!tag",
  "",
  " ",
  "\\n\t",
  "größer 图.json",
  "~",
  "2026-11-29",
];

/** A launch whose program prints its words, each with a NUL behind it. */
const LAUNCH: Launch = {
  program: ["printf", "%s\\0"],
  contained: ["deno", "run", "/h/main.ts"],
  image: "denoland/deno:2.9.6",
  folder: "/tmp/it's $HOME",
  mounted: ["/tmp/it's $HOME", "/h"],
  make: ["sft", ...WORDS],
  out: "sh $ards",
  parts: 3,
  gpu: true,
};

/** The words of a part's command, and of the merge's. */
const PART = ["sft", ...WORDS, "--shard"], MERGE = ["merge", "sh $ards"];

/** Returns words as Compose and Kubernetes read them: `$$` is a dollar, and no other may stand there. */
function undollared(words: readonly string[]): string[] {
  return words.map((word) => {
    assertEquals(word.replaceAll("$$", "").includes("$"), false, word);
    return word.replaceAll("$$", "$");
  });
}

inFolder("LAUNCH_FILES give Slurm a script that submits the words of the command line", async (folder) => {
  const where = join(folder, "it's $HOME"), bin = join(folder, "sbatch"), parts = join(folder, "parts");
  await Deno.mkdir(where);
  // Stands in for Slurm's: keeps its words, runs the script as a task would, and answers with a number.
  await Deno.writeTextFile(
    bin,
    `#!/bin/sh\nn=$(ls "$PARTS" | wc -l)\nprintf '%s\\n' "$@" > "$PARTS/$n.options"\n` +
      `sh > "$PARTS/$n.words"\necho "$n;cluster"\n`,
    { mode: 0o755 },
  );
  await Deno.mkdir(parts);
  const script = LAUNCH_FILES.slurm({ ...LAUNCH, folder: where });
  const command = new Deno.Command("sh", {
    args: ["-c", script],
    env: { PATH: `${folder}:${Deno.env.get("PATH")}`, PARTS: parts },
  });
  const { code, stdout, stderr } = await command.output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  assertEquals(new TextDecoder().decode(stdout), "array 0;cluster, merge 2;cluster\n");
  const read = (name: string) => Deno.readTextFile(join(parts, name));
  assertEquals((await read("0.words")).split("\0").slice(0, -1), [...PART, "auto/3"]);
  assertEquals((await read("2.words")).split("\0").slice(0, -1), MERGE);
  const options = (await read("0.options")).split("\n");
  assertEquals(options.filter((option) => /^--(array|chdir|gpus)/.test(option)), [
    "--array=0-2",
    `--chdir=${where}`,
    "--gpus-per-task=1",
  ]);
  assertStringIncludes(await read("2.options"), "--dependency=afterok:0\n");
  assertStringIncludes(await read("2.options"), "--kill-on-invalid-dep=yes\n");
});

Deno.test("LAUNCH_FILES give Compose a service a part, and a merge that waits for all", () => {
  const { services } = parse(LAUNCH_FILES.compose(LAUNCH));
  assertEquals(Object.keys(services), ["part-1", "part-2", "part-3", "merge"]);
  for (const part of [1, 2, 3]) {
    const { command, working_dir, volumes } = services[`part-${part}`];
    assertEquals(undollared(command), [...LAUNCH.contained, ...PART, `${part}/3`]);
    assertEquals(undollared([working_dir, ...volumes.map(({ source }: { source: string }) => source)]), [
      LAUNCH.folder,
      ...LAUNCH.mounted,
    ]);
  }
  const { command, depends_on } = services.merge;
  assertEquals(undollared(command), [...LAUNCH.contained, ...MERGE]);
  assertEquals(depends_on["part-3"], { condition: "service_completed_successfully" });
  assertEquals(Object.keys(depends_on).length, 3);
});

Deno.test("LAUNCH_FILES give Kubernetes an indexed Job, and one that waits for the parts' manifests", () => {
  const [make, merge] = parseAllDocuments(LAUNCH_FILES.kubernetes(LAUNCH)).map((document) => document.toJS());
  const { completions, parallelism, completionMode, template } = make.spec;
  assertEquals([completions, parallelism, completionMode], [3, 3, "Indexed"]);
  const [container] = template.spec.containers;
  assertEquals(undollared(container.command), [...LAUNCH.contained, ...PART, "auto/3"]);
  assertEquals(container.workingDir, LAUNCH.folder);
  assertEquals(template.spec.volumes.map((volume: { hostPath: object }) => volume.hostPath), [
    { path: LAUNCH.mounted[0], type: "Directory" },
    { path: LAUNCH.mounted[1], type: "Directory" },
  ]);
  assertEquals(container.resources.limits["nvidia.com/gpu"], 1);
  assertEquals(undollared(merge.spec.template.spec.containers[0].command), [...LAUNCH.contained, ...MERGE]);
});

inFolder(
  "LAUNCH_FILES give Kubernetes' merge a pause until every part's manifest is there",
  async (folder) => {
    const ends = async (parts = 3) => { // without a pause, whether the loop ends
      const file = LAUNCH_FILES.kubernetes({ ...LAUNCH, out: folder, parts });
      const [, merge] = parseAllDocuments(file).map((document) => document.toJS());
      const command = undollared(merge.spec.template.spec.initContainers[0].command);
      const [program, flag, script, ...rest] = command;
      const once = script.replace("sleep 10", "exit 1");
      return (await new Deno.Command(program, { args: [flag, once, ...rest] }).output()).code === 0;
    };
    assertEquals(await ends(), false);
    for (const name of ["1-of-3", "2-of-3", "1-of-2", "13-of-13"]) {
      await Deno.writeTextFile(join(folder, `manifest-${name}.json`), "{}");
    }
    assertEquals(await ends(), false);
    await Deno.writeTextFile(join(folder, "manifest-3-of-3.json"), "{}");
    assertEquals([await ends(), await ends(1)], [true, false]);
    await Deno.writeTextFile(join(folder, "manifest.json"), "{}"); // of a set of one part
    assertEquals(await ends(1), true);
  },
);

Deno.test("vitrail sft --print writes this very command line for all parts", async () => {
  const words = ["it's.json", "--recipe", "ixc2", "--out", "/elsewhere/shards"];
  const asked = ["--shard", "auto/5", "--print=compose", "--json"];
  const { status, out } = await vitrail("sft", ...words.slice(0, 3), ...asked, ...words.slice(3));
  const { launcher, file } = JSON.parse(out), { services } = parse(file);
  assertEquals([status, launcher, Object.keys(services).length], [0, "compose", 6]);
  assertEquals(services["part-5"].command.slice(-8), ["sft", ...words, "--shard", "5/5"]);
  assertEquals(services.merge.command.slice(-2), ["merge", "/elsewhere/shards"]);
  const mounted = services.merge.volumes.map(({ target }: { target: string }) => target);
  assertEquals(mounted.includes("/elsewhere"), true, "the folder that the shards' folder is made in");
  const own = [...words.slice(0, 3), "--out", "/shards"];
  for (const launcher of ["compose", "kubernetes"]) {
    const { out: root } = await vitrail("sft", ...own, "--print", launcher);
    assertEquals(/: \/$/m.test(root), false, "a container keeps its own /");
    assertStringIncludes(root, launcher === "compose" ? "create_host_path: true" : "DirectoryOrCreate");
    const refused = await vitrail("sft", ...own.slice(0, 3), "--out", "/", "--print", launcher);
    assertEquals(refused.status, 2);
    assertStringIncludes(refused.err, "a container cannot have this machine's /");
  }
  const eight = parse((await vitrail("sft", "a.json", "--recipe", "ixc2", "--print", "compose")).out);
  assertEquals(Object.keys(eight.services).length, 9);
});

Deno.test("vitrail sft --print refuses one part, a dry run and another scheduler", async () => {
  const refusals: [string[], string][] = [
    [["--print", "slurm", "--shard", "2/4"], "give --shard auto/N"],
    [["--print", "slurm", "--dry-run"], "leave --dry-run out"],
    [["--print", "slurn"], `did you mean "slurm"?`],
  ];
  for (const [flags, message] of refusals) {
    const { status, err } = await vitrail("sft", "a.json", "--recipe", "ixc2", ...flags);
    assertEquals(status, 2);
    assertStringIncludes(err, message);
  }
});
