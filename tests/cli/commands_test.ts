import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { loadPicture, probePicture } from "../../src/codecs/load.ts";
import { Engine } from "../../src/engine/engine.ts";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import { recipe } from "../../src/recipes/registry.ts";
import { assertVerified } from "../support/compare/assert_verified.ts";
import { assertSameBytes } from "../support/compare/assert_same.ts";
import { WITHOUT_GPU } from "../support/executors.ts";
import { inFolder, PICTURES, vitrail } from "../support/vitrail.ts";

const FILES = [`${PICTURES}/page.png`, `${PICTURES}/panorama.jpg`];

for (const executor of ["webgpu", "reference"] as const) {
  for (const dtype of ["f32", "f16", "bf16", "u8"] as const) {
    if (executor === "webgpu" && WITHOUT_GPU) continue;
    inFolder(`vitrail tile writes what the engine makes: ${dtype} on ${executor}`, async (folder) => {
      const out = `${folder}/sample.safetensors`;
      const { status, err } = await vitrail(
        ...["tile", ...FILES, "--set", "hdNum=2", "--dtype", dtype, "--executor", executor, "--out", out],
      );
      assertEquals(status, 0, err);
      const { tensors, metadata } = await readSafetensors(out);
      await using engine = await Engine.open({ executor });
      const made = recipe("ixc2-4khd", { hdNum: 2 });
      const batch = await engine.run(made, FILES, { dtype });
      for (const [name, tensor] of Object.entries(batch.outputs)) {
        const stored = tensors.get(name)!;
        assertEquals(stored.dtype, tensor.dtype.toUpperCase());
        assertEquals(stored.shape, [...tensor.shape]);
        const { buffer, byteOffset, byteLength } = stored.data;
        const bytes = new Uint8Array(buffer, byteOffset, byteLength), { shape } = tensor;
        assertSameBytes(bytes, await tensor.bytes(), { output: name, dtype: tensor.dtype, shape });
      }
      assertEquals(tensors.has("global_values"), dtype === "u8");
      assertEquals([...tensors.get("image_grid")!.data], batch.images.flatMap(({ grid }) => grid));
      assertEquals([...tensors.get("image_tokens")!.data], batch.images.map(({ tokens }) => tokens!));
      assertEquals([...tensors.get("image_sizes")!.data], [1056, 816, 500, 2400]);
      assertEquals(tensors.get("image_sizes")!.shape, [2, 2]);
      assertEquals(JSON.parse(metadata.files), FILES);
      assertEquals(JSON.parse(metadata.recipe), JSON.parse(JSON.stringify(made)));
      assertEquals([metadata.executor, metadata.dtype], [executor, dtype]);
    });
  }
}

Deno.test("vitrail plan gives exactly these keys, of files as of sizes", async () => {
  const { status, out } = await vitrail("plan", "816x1056", FILES[1], "--json");
  assertEquals(status, 0);
  const plan = JSON.parse(out);
  assertEquals(Object.keys(plan), ["recipe", "shape", "outputs", "tokens", "images"]);
  assertEquals(plan.recipe, "ixc2-4khd");
  assertEquals(plan.shape, [34, 3, 336, 336]);
  assertEquals(plan.outputs, { pixel_values: { dtype: "f32", shape: plan.shape } });
  assertEquals(plan.tokens, 4994);
  const [portrait] = plan.images;
  assertEquals(plan.images[1].file, FILES[1]);
  assertEquals(portrait, {
    file: "picture 1",
    width: 816,
    height: 1056,
    content: portrait.content,
    canvas: { width: 1344, height: 1344 },
    offset: portrait.offset,
    grid: [4, 4],
    rows: [0, 17],
    tokens: 2509,
  });
  assertEquals(Object.keys(portrait.content), ["width", "height"]);
  assertEquals(Object.keys(portrait.offset), ["x", "y"]);
  assertEquals(plan.images[1].rows, [17, 34]);
});

inFolder("vitrail tile --each goes on past a picture that fails", async (folder) => {
  await Deno.mkdir(`${folder}/in`);
  await Deno.copyFile(FILES[0], `${folder}/in/a.png`);
  await Deno.copyFile(FILES[1], `${folder}/in/c.jpg`);
  await Deno.writeTextFile(`${folder}/in/b.png`, "no picture");
  const ran = await vitrail(
    ...["tile", `${folder}/in`, "--each", "--out", `${folder}/out`, "--recipe", "ixc2", "--json"],
    ...["--set", "size=56", "--executor", "reference"],
  );
  assertEquals(ran.status, 1);
  const { samples, failed } = JSON.parse(ran.out);
  assertEquals(samples.length, 2);
  assertEquals(failed.map(({ error }: { error: { code: string } }) => error.code), ["decode"]);
  const { tensors } = await readSafetensors(`${folder}/out/c.safetensors`);
  assertEquals(tensors.get("pixel_values")!.shape, [1, 3, 56, 56]);
});

inFolder("vitrail plan takes globs, folders and a recipe of JSON", async (folder) => {
  await Deno.writeTextFile(`${folder}/my.json`, JSON.stringify({ name: "mine", size: 64, tile: 32 }));
  const all = await vitrail("plan", `${PICTURES}/*.{png,jpg}`, "--recipe", `${folder}/my.json`, "--json");
  assertEquals(all.status, 0, all.err);
  const plan = JSON.parse(all.out);
  assertEquals([plan.recipe, plan.shape, plan.tokens], ["mine", [16, 3, 32, 32], null]);
  const inside = await vitrail("plan", PICTURES, "--recipe", `${folder}/my.json`, "--json");
  assertEquals(inside.out, all.out);
});

Deno.test("vitrail verify compares every element", async () => {
  const executor = WITHOUT_GPU ? "reference" : "webgpu";
  const { status, out, err } = await vitrail("verify", ...FILES, "--executor", executor, "--json");
  assertEquals(status, 0, err);
  const verification = JSON.parse(out);
  assertVerified(verification);
  assertEquals(verification.elements, 34 * 3 * 336 * 336);
});

inFolder("vitrail inspect draws every canvas", async (folder) => {
  const out = `${folder}/seen.png`;
  const { status, err } = await vitrail("inspect", ...FILES, "--executor", "auto", "--out", out);
  assertEquals(status, 0, err);
  assertMatch(err, /^executor: (webgpu|simd) \(.+\); ./);
  const { width, height } = await probePicture(out, 0);
  assert(width > 2000 && height > 2000, `${width}x${height}`);
  const { data } = await loadPicture(await Deno.readFile(out), 0);
  const colours = new Set(new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4));
  assert(colours.size > 20_000, `${colours.size} colours`); // paper, lines and letters alone have a dozen
});

Deno.test("vitrail --help, --version, recipes and doctor say what there is", async () => {
  assertMatch((await vitrail("--version")).out, /^\d+\.\d+\.\d+$/);
  const help = (await vitrail("--help")).out;
  for (const command of ["tile", "plan", "verify", "inspect", "sft", "work", "merge", "recipes", "doctor"]) {
    assertStringIncludes(help, `  ${command} `);
    const own = await vitrail(command, "--help");
    assertEquals(own.status, 0);
    assertStringIncludes(own.out, "--json");
  }
  const { recipes } = JSON.parse((await vitrail("recipes", "--json")).out);
  assertStringIncludes((await vitrail("recipes")).out, recipes[0].name);
  const doctor = JSON.parse((await vitrail("doctor", "--json")).out);
  assert("reason" in doctor.adapter || doctor.adapter.limits.maxBufferSize > 0);
  assert(doctor.decoders.length > 0);
  assertEquals([typeof doctor.executor.lanes, doctor.executor.lanesMissing], ["number", undefined]);
});

Deno.test({
  name: "vitrail doctor says why no lane can be opened",
  permissions: { read: false, env: true, sys: true, ffi: true },
  async fn() {
    const { executor } = JSON.parse((await vitrail("doctor", "--json")).out),
      { lanes, lanesMissing } = executor;
    if (lanes > 0) assertMatch(lanesMissing, /^lanes need --allow-read of /);
    const line = lanes > 0 ? `lanes: none; ${lanesMissing}` : "lanes: none by default";
    assertStringIncludes((await vitrail("doctor")).out, `\n${line}\n`);
  },
});
