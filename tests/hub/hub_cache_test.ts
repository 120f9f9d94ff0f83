import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { dirname } from "node:path";
import { VitrailError } from "../../src/errors.ts";
import { HubCache } from "../../src/hub/hub_cache.ts";
import { hubModel } from "../../src/hub/hub_model.ts";
import { COMMIT, LocalHub, QWEN } from "../support/hub/local_hub.ts";
import { inFolder, namesIn } from "../support/temporary_folder.ts";

const ID = "Qwen/Qwen3-VL-8B-Instruct", OFFLINE = { offline: true };
const CONFIG = "preprocessor_config.json", CONTENT = QWEN[CONFIG] as string;

/** The part of a cache that holds the model. */
function partOf(cache: string): string {
  return `${cache}/models--Qwen--Qwen3-VL-8B-Instruct`;
}

/** Writes files by their paths under a folder; those that begin with `->` are links. */
async function write(folder: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(dirname(`${folder}/${path}`), { recursive: true });
    const [, target] = /^-> (.*)/.exec(text) ?? [];
    if (target === undefined) await Deno.writeTextFile(`${folder}/${path}`, text);
    else await Deno.symlink(target, `${folder}/${path}`);
  }
}

/** Every file under a folder by its path: its text, or `-> ` and where it leads. */
async function filesIn(folder: string, under = ""): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, isDirectory, isSymlink } of Deno.readDir(`${folder}/${under}`)) {
    const path = `${under}${name}`;
    if (isDirectory) Object.assign(found, await filesIn(folder, `${path}/`));
    else if (isSymlink) found[path] = `-> ${await Deno.readLink(`${folder}/${path}`)}`;
    else found[path] = await Deno.readTextFile(`${folder}/${path}`);
  }
  return found;
}

/** Cuts what a hub's model leaves in the cache to these paths. */
async function withCache(body: (cache: string, hub: LocalHub) => Promise<void>): Promise<void> {
  await inFolder(async (cache) => {
    await using hub = new LocalHub({ [ID]: QWEN }, ["tokenizer.json"]);
    await body(cache, hub);
  });
}

Deno.test("HubCache reads what Python writes, with links and where links cannot be made", () =>
  inFolder(async (cache) => {
    const linked = {
      "refs/main": COMMIT,
      [`snapshots/${COMMIT}/${CONFIG}`]: "-> ../../blobs/22599577d70ce70cdfad0f227f638bedf95fbb8a",
      "blobs/22599577d70ce70cdfad0f227f638bedf95fbb8a": CONTENT,
    };
    const copied = { "refs/main": COMMIT, [`snapshots/${COMMIT}/${CONFIG}`]: CONTENT };
    for (const [name, layout] of Object.entries({ linked, copied })) {
      await write(partOf(`${cache}/${name}`), layout);
      const { revision, files, recipe } = await hubModel(ID, { ...OFFLINE, cache: `${cache}/${name}` });
      const place = `${partOf(`${cache}/${name}`)}/snapshots/${COMMIT}/${CONFIG}`;
      assertEquals([revision, files], [COMMIT, [{ name: CONFIG, from: "cache", place }]]);
      assertEquals(recipe.parameters.patch_size, 16);
      const byCommit = await hubModel(ID, { ...OFFLINE, cache: `${cache}/${name}`, revision: COMMIT });
      assertEquals(byCommit.files, files);
    }
  }));

Deno.test("HubCache writes what Python reads", () =>
  withCache(async (cache, hub) => {
    const model = await hubModel(ID, { endpoint: hub.url, cache });
    for (const name of ["tokenizer.json", "chat_template.json"] as const) await model.file(name);
    const files = await filesIn(partOf(cache));
    const names = ["config.json", CONFIG, "tokenizer.json", "video_preprocessor_config.json"];
    const expected: Record<string, string> = { "refs/main": COMMIT };
    for (const name of names) {
      const etag = hub.etag(name, new TextEncoder().encode(QWEN[name] as string));
      expected[`blobs/${etag}`] = QWEN[name] as string;
      expected[`snapshots/${COMMIT}/${name}`] = `-> ../../blobs/${etag}`;
    }
    for (const name of ["chat_template.json", "processor_config.json"]) {
      expected[`.no_exist/${COMMIT}/${name}`] = "";
    }
    assertEquals(files, expected);
  }));

Deno.test("HubCache writes no links where there are to be none", () =>
  inFolder(async (cache) => {
    const part = new HubCache(cache, { id: ID, revision: "main" }, true);
    const path = await part.keep(COMMIT, CONFIG, "e".repeat(40), new TextEncoder().encode(CONTENT));
    assertEquals(path, `${partOf(cache)}/snapshots/${COMMIT}/${CONFIG}`);
    assertEquals(await filesIn(partOf(cache)), { [`snapshots/${COMMIT}/${CONFIG}`]: CONTENT });
  }));

Deno.test("HubCache leaves a file on the hub where it cannot be written, and hubModel goes on", () =>
  withCache(async (cache, hub) => {
    await write(partOf(cache), { blobs: "a file where the folder would be" });
    const { files, recipe } = await hubModel(ID, { endpoint: hub.url, cache });
    assertEquals(files, [
      { name: CONFIG, from: "hub", place: `${hub.url}/${ID}/resolve/${COMMIT}/${CONFIG}` },
    ]);
    assertEquals(recipe.name, "qwen2_vl");
    assertEquals(Object.keys(await filesIn(partOf(cache))).sort(), [
      `.no_exist/${COMMIT}/processor_config.json`,
      "blobs",
      "refs/main",
    ]);
    const nowhere = await hubModel(ID, { endpoint: hub.url, cache: `${partOf(cache)}/blobs/cache` });
    assertEquals(nowhere.recipe.name, "qwen2_vl");
  }));

Deno.test("HubCache makes a link whose blob is gone anew", () =>
  withCache(async (cache, hub) => {
    const options = { endpoint: hub.url, cache };
    await hubModel(ID, options);
    const before = await filesIn(partOf(cache));
    await Deno.remove(`${partOf(cache)}/blobs`, { recursive: true });
    const { files } = await hubModel(ID, options);
    assertEquals(files.map(({ from }) => from), ["hub"]);
    assertEquals(await filesIn(partOf(cache)), before);
  }));

Deno.test("HubCache names a note of a commit that is none", () =>
  inFolder(async (cache) => {
    await write(partOf(cache), { "refs/main": "../../../etc" });
    const { code, message } = await assertRejects(() => hubModel(ID, { ...OFFLINE, cache }), VitrailError);
    assertEquals(code, "io");
    assertStringIncludes(message, `${partOf(cache)}/refs/main is damaged`);
  }));

Deno.test("HubCache names a config in the cache that is too large, or none", () =>
  inFolder(async (cache) => {
    const path = `snapshots/${COMMIT}/${CONFIG}`;
    await write(partOf(cache), { "refs/main": COMMIT, [path]: "" });
    await Deno.truncate(`${partOf(cache)}/${path}`, 2 ** 23 + 1);
    const open = () => hubModel(ID, { ...OFFLINE, cache });
    assertEquals((await assertRejects(open, VitrailError)).code, "limit");
    await Deno.writeTextFile(`${partOf(cache)}/${path}`, "torn {");
    const torn = await assertRejects(open, VitrailError);
    assertEquals(torn.code, "recipe");
    assertStringIncludes(torn.message, `${partOf(cache)}/${path} is not JSON`);
  }));

Deno.test("HubCache is filled by many at once", () =>
  withCache(async (cache, hub) => {
    hub.fault = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5 * Math.random()));
      return undefined;
    };
    const models = await Promise.all(
      Array.from({ length: 8 }, () => hubModel(ID, { endpoint: hub.url, cache })),
    );
    const texts = await Promise.all(models.map((model) => model.file("tokenizer.json")));
    assert(texts.every((text) => text === QWEN["tokenizer.json"]));
    assertEquals((await namesIn(`${partOf(cache)}/blobs`)).length, 4);
    assertEquals((await namesIn(`${partOf(cache)}/snapshots/${COMMIT}`)).length, 4);
  }));
