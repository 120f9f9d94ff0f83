import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { planSample } from "../../src/recipes/plan_sample.ts";
import { hubModel, recipeFromHub } from "../../src/hub/hub_model.ts";
import { VitrailError } from "../../src/errors.ts";
import { recipeFromConfig } from "../../src/recipes/config.ts";
import { COMMIT, LocalHub, QWEN } from "../support/hub/local_hub.ts";
import { inFolder } from "../support/temporary_folder.ts";

const ID = "Qwen/Qwen3-VL-8B-Instruct";

/** Runs `body` with a hub that has `models`, and the options that find it and an empty cache. */
async function onHub(
  models: ConstructorParameters<typeof LocalHub>[0],
  body: (hub: LocalHub, options: { endpoint: string; cache: string }) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    await using hub = new LocalHub(models, ["tokenizer.json"]);
    await body(hub, { endpoint: hub.url, cache: `${folder}/hub` });
  });
}

/** The `VitrailError` of a model that gives none. */
async function failing(work: Promise<unknown>): Promise<VitrailError> {
  return await assertRejects(() => work, VitrailError);
}

Deno.test("recipeFromHub returns what a model's config gives", () =>
  onHub({ [ID]: QWEN }, async (_, options) => {
    const recipe = await recipeFromHub(ID, options);
    const expected = recipeFromConfig(JSON.parse(QWEN["preprocessor_config.json"] as string));
    const sizes = [{ width: 640, height: 480 }];
    assertEquals(planSample(recipe, sizes).outputs, planSample(expected, sizes).outputs);
    const changed = await recipeFromHub(ID, { ...options, changes: { patch_size: 14 } });
    assertEquals(planSample(changed, sizes).outputs.pixel_values.shape[1], 3 * 2 * 14 * 14);
  }));

Deno.test("hubModel says which commit and which files it read, and asks the hub for each once", () =>
  onHub({ [ID]: QWEN }, async (hub, options) => {
    const model = await hubModel(ID, options);
    const place = `${options.cache}/models--Qwen--Qwen3-VL-8B-Instruct/snapshots/${COMMIT}/`;
    assertEquals([model.id, model.revision], [ID, COMMIT]);
    assertEquals(model.files, [
      { name: "preprocessor_config.json", from: "hub", place: `${place}preprocessor_config.json` },
    ]);
    const asked = [`GET /api/models/${ID}/revision/main`, `POST /api/models/${ID}/paths-info/${COMMIT}`];
    const configs = ["config.json", "preprocessor_config.json", "video_preprocessor_config.json"];
    const resolved = configs.map((name) => `GET /${ID}/resolve/${COMMIT}/${name}`);
    assertEquals(hub.requests.toSorted(), [...asked, ...resolved].toSorted());

    hub.requests.length = 0;
    assertEquals(await model.file("chat_template.jinja"), QWEN["chat_template.jinja"]);
    assertEquals(await model.file("chat_template.jinja"), QWEN["chat_template.jinja"]);
    assertEquals(await model.file("tokenizer.json"), QWEN["tokenizer.json"]);
    assertEquals(await model.file("chat_template.json"), undefined);
    assertEquals(hub.requests, [
      `GET /${ID}/resolve/${COMMIT}/chat_template.jinja`,
      `GET /${ID}/resolve/${COMMIT}/tokenizer.json`,
      "cdn GET tokenizer.json",
    ]);
  }));

Deno.test("hubModel reads the cache the second time, and what the commit lacks is known then", () =>
  onHub({ [ID]: QWEN }, async (hub, options) => {
    const first = await hubModel(ID, options);
    const texts = ["tokenizer.json", "chat_template.json"] as const;
    for (const name of texts) await first.file(name);
    hub.fault = () => new Response(null, { status: 500 });
    hub.requests.length = 0;
    const again = await hubModel(ID, options);
    assertEquals(again.files, first.files.map((file) => ({ ...file, from: "cache" as const })));
    assertEquals([again.revision, JSON.stringify(again.recipe)], [COMMIT, JSON.stringify(first.recipe)]);
    assertEquals(await again.file("tokenizer.json"), QWEN["tokenizer.json"]);
    assertEquals(await again.file("chat_template.json"), undefined);
    assertEquals(hub.requests, []);
    const byCommit = await hubModel(ID, { ...options, revision: COMMIT });
    assertEquals([byCommit.revision, hub.requests], [COMMIT, []]);
    const lacking = await failing(again.file("tokenizer_config.json"));
    assertStringIncludes(lacking.message, "does not give");
  }));

Deno.test("hubModel gives the recipe of clips where that is asked for", () =>
  onHub({ [ID]: QWEN }, async (_, options) => {
    const { recipe, files } = await hubModel(ID, { ...options, clips: true });
    assertEquals(files.map(({ name }) => name), ["video_preprocessor_config.json"]);
    assertEquals(recipe.parameters.video_processor_type, "Qwen2VLVideoProcessor");
  }));

Deno.test("hubModel takes the commit of a branch, a tag or a pull request", () =>
  onHub({ [ID]: QWEN }, async (hub, options) => {
    const { revision } = await hubModel(ID, { ...options, revision: "refs/pr/1" });
    assertEquals(revision, COMMIT);
    const ref = `${options.cache}/models--Qwen--Qwen3-VL-8B-Instruct/refs/refs/pr/1`;
    assertEquals(await Deno.readTextFile(ref), COMMIT);
    const { message } = await failing(hubModel(ID, { ...options, revision: "v9" }));
    assertStringIncludes(message, `there is no revision v9 of ${ID}`);
    assertStringIncludes(message, hub.url);
  }));

Deno.test("hubModel asks for the newest commit where the cached one has no config", () =>
  onHub({ [ID]: QWEN }, async (_, options) => {
    const old = "f".repeat(40), folder = `${options.cache}/models--Qwen--Qwen3-VL-8B-Instruct`;
    await Deno.mkdir(`${folder}/refs`, { recursive: true });
    await Deno.writeTextFile(`${folder}/refs/main`, old);
    await Deno.mkdir(`${folder}/snapshots/${old}`, { recursive: true });
    await Deno.writeTextFile(`${folder}/snapshots/${old}/config.json`, "{}");
    assertEquals((await hubModel(ID, options)).revision, COMMIT);
    assertEquals(await Deno.readTextFile(`${folder}/refs/main`), COMMIT);
  }));

Deno.test("hubModel refuses names and revisions that are none", async () => {
  for (const id of ["", "a/b/c", "../x", "a/..", "a/-b", "a--b/c", "a b/c", "https://hf.co/a/b", "a/b.."]) {
    const { code, message } = await failing(hubModel(id, { cache: "/nowhere", offline: true }));
    assertEquals([code, message.includes(JSON.stringify(id))], ["usage", true], id);
  }
  for (const revision of ["", "../main", "a/../b", "a//b", "a b", ".git"]) {
    const { code } = await failing(hubModel("a/b", { revision, cache: "/nowhere", offline: true }));
    assertEquals(code, "usage", revision);
  }
});

Deno.test("hubModel refuses a model's own code by name, unless a class is chosen for it", () => {
  const own = {
    image_processor_type: "MoonImageProcessor",
    auto_map: { AutoImageProcessor: "image_processing_moon.MoonImageProcessor" },
    patch_size: 14,
  };
  return onHub({ "moon/Moon": { "preprocessor_config.json": JSON.stringify(own) } }, async (hub, options) => {
    const { code, message } = await failing(hubModel("moon/Moon", options));
    assertEquals(code, "recipe");
    for (
      const text of ["moon/Moon", "image_processing_moon.MoonImageProcessor", "--set image_processor_type="]
    ) assertStringIncludes(message, text);
    const changes = { image_processor_type: "Qwen2VLImageProcessor" };
    assertEquals((await recipeFromHub("moon/Moon", { ...options, changes })).name, "qwen2_vl");
    assert(hub.requests.every((request) => !request.includes(".py")));
  });
});

Deno.test("hubModel says what it looked for in a model without a config", () =>
  onHub({ "a/text": { "config.json": "{}", "tokenizer.json": "{}" } }, async (_, options) => {
    const { code, message } = await failing(hubModel("a/text", options));
    assertEquals(code, "io");
    for (
      const name of ["preprocessor_config.json", "processor_config.json", "video_preprocessor_config.json"]
    ) {
      assertStringIncludes(message, name);
    }
    assertStringIncludes(message, "a/text holds no");
  }));

Deno.test("hubModel refuses configs that are no JSON objects", () =>
  onHub({
    "a/list": { "preprocessor_config.json": "[1]" },
    "a/torn": { "preprocessor_config.json": '{"image_processor_type": ' },
  }, async (_, options) => {
    assertStringIncludes((await failing(hubModel("a/list", options))).message, "is to be a JSON object");
    const torn = await failing(hubModel("a/torn", options));
    assertEquals(torn.code, "recipe");
    assertStringIncludes(torn.message, "preprocessor_config.json is not JSON");
  }));
