import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { assertVerified } from "../support/compare/assert_verified.ts";
import { WITHOUT_GPU } from "../support/executors.ts";
import { turns, writeSamples } from "../support/sft/data_set.ts";
import { inFolder, MAIN, PICTURES, vitrail, vitrailProcess, WITHOUT_DRIVERS } from "../support/vitrail.ts";

const REFERENCE = ["--executor", "reference"];

/**
 * Expects a command to fail: with a status, one line on standard error, and as JSON a code and each of
 * `texts`.
 */
async function fails(args: string[], status: number, code: string, ...texts: string[]): Promise<void> {
  const ran = await vitrail(...args, "--json");
  assertEquals(ran.status, status, ran.err);
  assertEquals(ran.err.split("\n").filter((line) => line.startsWith("vitrail: ")).length, 1);
  assert(!/^ +at /m.test(ran.err), `a stack trace: ${ran.err}`);
  const { error } = JSON.parse(ran.out);
  assertEquals(error.code, code);
  for (const text of texts) assertStringIncludes(error.message, text);
}

inFolder("vitrail plan says of a JSON file what makes it a recipe", async (folder) => {
  const file = `${folder}/mine.json`, plan = ["plan", "10x10", "--recipe", file];
  await Deno.writeTextFile(file, JSON.stringify({ size: 448 }));
  await fails(plan, 2, "recipe", `${file} has no image_processor_type`, '"name": "mine"');
  await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify({ model_type: "siglip" }));
  assertStringIncludes((await vitrail(...plan)).out, "siglip: 1 picture, pixel_values f32 [1, 3, 448, 448]");
});

inFolder("vitrail tile names pictures that cannot be read", async (folder) => {
  const run = (file: string) => ["tile", file, "--out", `${folder}/a.safetensors`, ...REFERENCE];
  await fails(run(`${folder}/none.jpg`), 1, "io", "none.jpg");
  await fails(run(folder), 1, "io", "no pictures in the folder", folder);
  await fails(run(`${folder}/*.jpg`), 1, "io", "no picture matches");
  await Deno.writeTextFile(`${folder}/text.png`, "this is not a picture");
  await fails(run(`${folder}/text.png`), 1, "decode", "text.png");
  await Deno.writeFile(`${folder}/empty.jpg`, new Uint8Array());
  await fails(run(`${folder}/empty.jpg`), 1, "decode", "empty.jpg");
  const whole = await Deno.readFile(`${PICTURES}/window.jpg`);
  await Deno.writeFile(`${folder}/cut.jpg`, whole.subarray(0, whole.length / 2));
  await fails(run(`${folder}/cut.jpg`), 1, "decode", "cut.jpg");
  await fails([...run(`${PICTURES}/page.png`), "--max-pixels", "1000"], 1, "limit", "1000");
});

inFolder("vitrail tile and inspect name outputs that cannot be written", async (folder) => {
  const picture = `${PICTURES}/page.png`;
  for (const command of ["tile", "inspect"]) {
    await fails(
      [command, picture, "--out", `${folder}/none/a`, ...REFERENCE],
      1,
      "io",
      "none does not exist",
    );
    await fails([command, picture, "--out", folder, ...REFERENCE], 1, "io", "it is a folder");
  }
  const copy = `${folder}/copy.png`;
  await Deno.copyFile(picture, copy);
  await Deno.symlink(copy, `${folder}/link.png`);
  for (const command of ["tile", "inspect"]) {
    for (const out of [copy, `${folder}/link.png`, `${folder}/../${folder.split("/").at(-1)}/copy.png`]) {
      await fails(
        [command, picture, copy, "--out", out, ...REFERENCE],
        2,
        "usage",
        out,
        "is one of the files to be read",
      );
    }
  }
  assertEquals(await Deno.readFile(copy), await Deno.readFile(picture));
  await Deno.writeTextFile(`${folder}/file`, "");
  await fails(["tile", picture, "--each", "--out", `${folder}/file`, ...REFERENCE], 1, "io", "file");
});

Deno.test("vitrail plan names recipes that there are not", async () => {
  await fails(["plan", "10x10", "--recipe", "ixc2-4kdh"], 2, "recipe", 'did you mean "ixc2-4khd"');
  await fails(["plan", "10x10", "--recipe", "qwen2_vl"], 2, "recipe", "preprocessor_config.json");
  await fails(["plan", "10x10", "--set", "hdNun=9"], 2, "recipe", 'did you mean "hdNum"');
  await fails(["plan", "10x10", "--set", "hdNum=many"], 2, "recipe", "many");
  await fails(
    ["plan", "10x10", "--set", "layout=c (h p) w q -> h"],
    2,
    "recipe",
    "column 1",
    "c (h p) w q -> h",
  );
  await fails(["plan", "10x10", "--set", "layout=c (h p -> h"], 2, "recipe", "c (h p -> h");
  await fails(["plan", "10x10", "--recipe", "./none.json"], 1, "io", "none.json");
  await fails(["merge", `${PICTURES}/page.png`], 1, "io", "it is not a folder");
});

Deno.test("vitrail ends with exit status 2 where its usage is wrong", async () => {
  const picture = `${PICTURES}/page.png`;
  await fails(["tile"], 2, "usage", "no pictures");
  await fails(["tiel"], 2, "usage", 'did you mean "tile"');
  for (const size of ["0x10", "10x", "x7", "03x4"]) {
    await fails(["plan", size], 2, "usage", `"${size}"`, "WIDTHxHEIGHT");
  }
  await fails(["tile", picture, "--recip", "ixc2"], 2, "usage", "--recip ", '"--recipe"');
  await fails(["tile", picture, "--dtype", "f64"], 2, "usage", "f64");
  await fails(["tile", picture, "--out"], 2, "usage", "--out needs a value");
  await fails(["tile", picture, "--out", "a", "--out", "b"], 2, "usage", "a, b");
  await fails(["tile", picture, "--set", "hdNum"], 2, "usage", "NAME=VALUE");
  await fails(["tile", picture, "--memory", "lots"], 2, "usage", "512MiB", "lots");
  await fails(["tile", picture, "--memory", "4KiB"], 2, "usage", "4096");
  await fails(["tile", picture, "--max-pixels", "-3"], 2, "usage", "-3");
  await fails(["tile", picture, "--out", "new/"], 2, "usage", "new/ names a folder");
  await fails(["tile", picture, "--out", "b.PNG"], 2, "usage", "b.PNG ends in .PNG", ".safetensors");
  await fails(["inspect", picture, "--out", "b.jpg"], 2, "usage", "b.jpg ends in .jpg", "a file .png");
  await fails(["inspect", picture, "--html", "b.png"], 2, "usage", "--html b.png ends in .png");
  await fails(["tile", picture, "--verify=no"], 2, "usage", '--verify takes no value, found "no"');
  await fails(["tile", picture, "--verify", "false"], 2, "usage", '--verify takes no value, found "false"');
  await fails(
    ["tile", picture, "--fps", "0x10"],
    2,
    "usage",
    "--fps is a number of frames a second, above 0",
  );
  await fails(["plan", "9x9", "--set", "hdNum=4", "--set", "hdNum=9"], 2, "usage", "hdNum twice");
  await fails(["plan", "-a.png"], 2, "usage", "./-a.png");
  await fails(["plan", "-"], 2, "usage", "standard input");
  await fails(["recipes", "all"], 2, "usage", "found all");
  for (const old of [["--backend", "webgpu"], ["--backend=webgpu"]]) {
    await fails(["tile", picture, ...old], 2, "usage", "--backend is called --executor now");
  }
  const removal = ["work", "--queue", "nats://127.0.0.1:1", "--remove", "x"];
  await fails([...removal, "--once"], 2, "usage", "give it without --once");
  await fails([...removal, "--out=a"], 2, "usage", "give it without --out");
  await fails(["sft", "data.json", "--max-length", "9"], 2, "usage", "--tokenizer");
  await fails(["sft", "data.json", "--shard-size", "0samples"], 2, "usage", "1000samples");
  const help = await vitrail("help", "tile");
  assertEquals([help.status, help.out], [0, (await vitrail("tile", "--help")).out]);
});

Deno.test("vitrail verify without an adapter fails on webgpu, and says on auto why it does not", async () => {
  const picture = `${PICTURES}/page.png`;
  const asked = await vitrailProcess(WITHOUT_DRIVERS, ["verify", picture, "--executor", "webgpu"]);
  assertEquals(asked.status, 1);
  assertMatch(asked.err, /^vitrail: no WebGPU adapter found; [^\n]+\n$/);
  const auto = await vitrailProcess(WITHOUT_DRIVERS, ["verify", picture, "--recipe", "ixc2"]);
  assertEquals(auto.status, 0, auto.err);
  assertMatch(auto.err, /^executor: simd .+no WebGPU adapter found/);
});

inFolder("vitrail sft without an adapter says that alone, once the set is planned", async (folder) => {
  const data = await writeSamples(folder, "data.json", [{
    image: "page.png",
    conversations: turns("?", "!"),
  }]);
  const args = ["sft", data, "--image-root", PICTURES, "--executor", "webgpu", "--out", `${folder}/shards`];
  const ran = await vitrailProcess(WITHOUT_DRIVERS, args);
  assertEquals(ran.status, 1);
  assertMatch(ran.err.trimEnd().split("\n").at(-1)!, /^vitrail: no WebGPU adapter found; /);
});

Deno.test({
  name: "vitrail doctor finds no adapter without a Vulkan driver: OpenGL does not take its place",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const env = { VK_DRIVER_FILES: "/nonexistent", DENO_WEBGPU_BACKEND: "", XDG_RUNTIME_DIR: "" };
    const ran = await vitrailProcess(env, ["doctor", "--json"], "--allow-env");
    assertMatch(JSON.parse(ran.out).adapter.reason, /^no WebGPU adapter found/);
    assertEquals(ran.err, "");
  },
});

Deno.test({
  name: "vitrail keeps drivers from printing where it may set the environment",
  ignore: WITHOUT_GPU,
  async fn() {
    const env = { DENO_WEBGPU_BACKEND: "", XDG_RUNTIME_DIR: "" };
    const args = ["verify", `${PICTURES}/page.png`, "--recipe", "ixc2", "--executor", "webgpu", "--json"];
    const ran = await vitrailProcess(env, args, "--allow-env");
    assertEquals(ran.err, "");
    assertVerified(JSON.parse(ran.out));
  },
});

inFolder("vitrail needs no permissions but to read and to write", async (folder) => {
  const picture = `${PICTURES}/window.jpg`, out = `${folder}/out`;
  const ran = await vitrailProcess({}, ["tile", picture, "--recipe", "ixc2", "--out", out]);
  assertEquals(ran.status, 0, ran.err);
  assert((await Deno.stat(out)).size > 490 * 490 * 12);
  const small = [picture, "--set", "hdNum=2"];
  const others = [["plan", picture], ["inspect", ...small, "--out", out], ["recipes"], ["doctor"], [
    "verify",
    ...small,
  ]];
  for (const args of others) {
    const ran = await vitrailProcess({}, args);
    assertEquals(ran.status, 0, `${args}: ${ran.err}`);
  }
});

Deno.test("vitrail plan names --allow-read where it is missing", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--allow-read=/nonexistent",
      MAIN,
      "plan",
      `${PICTURES}/window.jpg`,
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const err = new TextDecoder().decode(stderr);
  assertEquals(code, 1, err);
  assertMatch(err, /^vitrail: reading \S+window\.jpg needs --allow-read\n$/);
});
