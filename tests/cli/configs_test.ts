import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { probePicture } from "../../src/codecs/load.ts";
import { Engine } from "../../src/engine/engine.ts";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import { recipeFromConfig } from "../../src/recipes/config.ts";
import { FAMILIES } from "../../src/recipes/families/families.ts";
import { VIDEO_FAMILIES } from "../../src/recipes/families/clips/video_families.ts";
import { assertVerified } from "../support/compare/assert_verified.ts";
import { assertSameBytes } from "../support/compare/assert_same.ts";
import { WITHOUT_GPU } from "../support/executors.ts";
import { inFolder, PICTURES, vitrail } from "../support/vitrail.ts";

const FILES = [`${PICTURES}/page.png`, `${PICTURES}/window.jpg`];
const EXECUTOR = ["--executor", WITHOUT_GPU ? "reference" : "webgpu"];

const QWEN = { image_processor_type: "Qwen2VLImageProcessor", max_pixels: 200704 };
const IDEFICS = {
  image_processor_type: "Idefics3ImageProcessor",
  size: { longest_edge: 400 },
  max_image_size: { longest_edge: 200 },
  return_row_col_info: true,
};
const CLIP = { image_processor_type: "CLIPImageProcessor", size: { shortest_edge: 64 }, crop_size: 64 };
const APART = {
  image_processor_type: "CHMv2ImageProcessor",
  do_resize: true,
  size: { width: 160, height: 160 },
  keep_aspect_ratio: true,
  size_divisor: 4,
};
const PIXTRAL = { image_processor_type: "PixtralImageProcessor", size: { longest_edge: 160 } };

/** A model's folder with these files. */
async function model(folder: string, files: Record<string, unknown>): Promise<string> {
  const made = await Deno.makeTempDir({ dir: folder });
  for (const [name, json] of Object.entries(files)) {
    await Deno.writeTextFile(`${made}/${name}`, typeof json === "string" ? json : JSON.stringify(json));
  }
  return made;
}

for (const config of [QWEN, CLIP, IDEFICS, PIXTRAL, APART]) {
  inFolder(`vitrail tile, plan, verify and inspect take ${config.image_processor_type}`, async (folder) => {
    const recipe = await model(folder, { "preprocessor_config.json": config });
    const out = `${folder}/sample.safetensors`, seen = `${folder}/seen.png`;
    const flags = ["--recipe", recipe, ...EXECUTOR];
    const tiled = await vitrail("tile", ...FILES, ...flags, "--out", out, "--verify", "--json");
    assertEquals(tiled.status, 0, tiled.err);
    const document = JSON.parse(tiled.out);
    await using engine = await Engine.open({ executor: "reference" });
    const batch = await engine.run(recipeFromConfig(config), FILES);

    // The file holds what the Python class returns, and where that is lists, how long they are.
    const { tensors, metadata } = await readSafetensors(out);
    const tokens = batch.tokens === undefined ? [] : ["image_tokens"];
    assertEquals([...tensors.keys()].sort(), [...Object.keys(batch.outputs), ...tokens].sort());
    const lists: Record<string, readonly number[]> = {}, shapes: Record<string, unknown> = {};
    for (const [name, tensor] of Object.entries(batch.outputs)) {
      const { dtype, shape, data } = tensors.get(name)!;
      assertEquals([dtype, shape], [tensor.dtype.toUpperCase(), [...tensor.shape]], name);
      assertEquals(document.outputs[name].shape, shape, name);
      assertEquals(document.outputs[name].dtype, tensor.dtype, name);
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      assertSameBytes(bytes, await tensor.bytes(), { output: name, dtype: tensor.dtype, shape });
      if (tensor.lists) lists[name] = tensor.lists;
      if (tensor.shapes) shapes[name] = tensor.shapes;
    }
    assertEquals(JSON.parse(metadata.lists ?? "{}"), lists);
    assertEquals(JSON.parse(metadata.shapes ?? "{}"), shapes);
    const { parameters } = JSON.parse(metadata.recipe);
    for (const [field, value] of Object.entries(config)) assertEquals(parameters[field], value);

    const plan = JSON.parse((await vitrail("plan", ...FILES, "--recipe", recipe, "--json")).out);
    assertEquals(plan.shape, [...batch.pixelValues.shape]);
    assertEquals(plan.tokens, batch.tokens ?? null);
    for (const [index, { placeholder, tokens, grid }] of batch.images.entries()) {
      const image = plan.images[index];
      assertEquals([image.placeholder, image.tokens, image.grid], [placeholder, tokens ?? null, grid]);
    }
    const text = (await vitrail("plan", ...FILES, "--recipe", recipe)).out;
    for (const [name, { dtype, shape, shapes = [shape] }] of Object.entries(batch.outputs)) {
      const shown = shapes.map((own) => `[${own.join(", ")}]`).join(" and ");
      assertStringIncludes(text, `${name} ${dtype} ${shown}`);
    }

    const verified = await vitrail("verify", ...FILES, ...flags, "--json");
    assertEquals(verified.status, 0, verified.err);
    assertVerified(JSON.parse(verified.out));
    const inspected = await vitrail("inspect", ...FILES, ...flags, "--out", seen);
    assertEquals(inspected.status, 0, inspected.err);
    const sheet = await probePicture(seen, 0);
    const canvases = batch.images.map(({ canvas }) => canvas);
    assert(sheet.width > Math.max(...canvases.map(({ width }) => width)), `${sheet.width} wide`);
    assert(sheet.height > Math.max(...canvases.map(({ height }) => height)), `${sheet.height} high`);
  });
}

inFolder("vitrail plan finds a model folder's config for pictures, or another", async (folder) => {
  const tokens = async (files: Record<string, unknown>, ...more: string[]) => {
    const path = await model(folder, files);
    const ran = await vitrail("plan", "640x480", "320x900", "--recipe", path, "--json", ...more);
    assertEquals(ran.status, 0, ran.err);
    const { recipe, tokens, shape } = JSON.parse(ran.out);
    return [recipe, tokens, shape];
  };
  const pixtral = { "preprocessor_config.json": PIXTRAL };
  assertEquals(await tokens(pixtral), ["pixtral", 80 + 40, [2, 3, 160, 160]]);
  // spatial_merge_size stands in the processor's own file, and --set goes before both.
  const processor = {
    "processor_config.json": { processor_class: "PixtralProcessor", spatial_merge_size: 2 },
  };
  assertEquals(await tokens({ ...pixtral, ...processor }), ["pixtral", 20 + 10, [2, 3, 160, 160]]);
  const both = { ...pixtral, ...processor };
  assertEquals((await tokens(both, "--set", "spatial_merge_size=1"))[1], 120);
  const inside = { "processor_config.json": { image_processor: PIXTRAL, spatial_merge_size: 2 } };
  assertEquals(await tokens(inside), ["pixtral", 20 + 10, [2, 3, 160, 160]]);
  const video = { video_processor_type: "LlavaOnevisionVideoProcessor", do_sample_frames: false };
  const clip = await model(folder, { "video_preprocessor_config.json": video });
  const ran = await vitrail("plan", "640x480", "640x480", "--recipe", clip, "--json");
  assertEquals(JSON.parse(ran.out).shape, [1, 2, 3, 384, 384]);
  const path = await model(folder, {
    "preprocessor_config.json": QWEN,
    "video_preprocessor_config.json": video,
  });
  const file = await vitrail(
    "plan",
    "64x64",
    "--recipe",
    `${path}/video_preprocessor_config.json`,
    "--json",
  );
  assertEquals(JSON.parse(file.out).recipe, "llava_onevision");
  assertEquals(
    JSON.parse((await vitrail("plan", "64x64", "--recipe", path, "--json")).out).recipe,
    "qwen2_vl",
  );
});

inFolder("vitrail plan refuses folders and files that give no recipe", async (folder) => {
  const fails = async (files: Record<string, unknown>, code: string, ...texts: string[]) => {
    const path = await model(folder, files);
    const { status, out } = await vitrail("plan", "10x10", "--recipe", path, "--json");
    const { error } = JSON.parse(out);
    assertEquals([status, error.code], [code === "recipe" ? 2 : 1, code]);
    for (const text of texts) assertStringIncludes(error.message, text);
  };
  await fails({}, "io", "the folder ", "holds no preprocessor_config.json");
  await fails({ "config.json": {} }, "io", "holds no preprocessor_config.json");
  await fails({ "processor_config.json": { image_seq_len: 3 } }, "io", "with an image_processor");
  await fails(
    { "preprocessor_config.json": '{"image_processor_type": ' },
    "recipe",
    "preprocessor_config.json is not",
  );
  await fails(
    { "preprocessor_config.json": [QWEN] },
    "recipe",
    "preprocessor_config.json is to be a JSON object",
  );
  await fails(
    { "preprocessor_config.json": { image_processor_type: "X" } },
    "recipe",
    'followed here is called "X"',
  );
  await fails(
    { "preprocessor_config.json": { ...QWEN, max_pixel: 9 } },
    "recipe",
    'did you mean "max_pixels"?',
  );
});

Deno.test("vitrail recipes lists the families", async () => {
  const { families, videos } = JSON.parse((await vitrail("recipes", "--json")).out);
  const namesOf = (listed: readonly { name: string }[]) => listed.map(({ name }) => name);
  assertEquals([namesOf(families), namesOf(videos)], [namesOf(FAMILIES), namesOf(VIDEO_FAMILIES)]);
  const out = (await vitrail("recipes")).out.replaceAll(/\s+/g, " "); // its lines are wrapped
  for (const { name, models, types } of [...FAMILIES, ...VIDEO_FAMILIES]) {
    for (const text of [name, models, ...types]) assertStringIncludes(out, text);
  }
});

inFolder("vitrail recipes and plan say which backend is in force, and why", async (folder) => {
  const { families } = JSON.parse((await vitrail("recipes", "--json")).out);
  const smolvlm = families.find(({ name }: { name: string }) => name === "smolvlm");
  const reason = "torchvision 0.26 has no Lanczos, which SmolVLMImageProcessor wants";
  assertEquals(smolvlm.backend, { name: "pil", reason });
  assertEquals(smolvlm.backends, ["torchvision", "torchvision-cuda", "pil"]);
  const config = { image_processor_type: "SmolVLMImageProcessor" };
  const recipe = await model(folder, { "preprocessor_config.json": config });
  const plan = ["plan", "640x480", "--recipe", recipe];
  assertStringIncludes((await vitrail(...plan)).out, `backend pil: ${reason}`);
  const { backend } = JSON.parse((await vitrail(...plan, "--set", "backend=torchvision", "--json")).out);
  assertEquals(backend, { name: "torchvision", reason: "it was chosen" });
});

Deno.test("vitrail plan numbers the pictures that are sizes by their place", async () => {
  const { out } = await vitrail("plan", ...FILES, "1920x1080", "--recipe", "ixc2");
  assertStringIncludes(out, "picture 3 ");
});
