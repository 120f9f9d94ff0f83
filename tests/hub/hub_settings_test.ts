import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { resolve } from "node:path";
import { VitrailError } from "../../src/errors.ts";
import { recipeFromHub } from "../../src/hub/hub_model.ts";
import { hubSettings } from "../../src/hub/hub_settings.ts";
import { inFolder } from "../support/temporary_folder.ts";

/** Every variable that settings depend on. */
const VARIABLES = [
  ...["HOME", "USERPROFILE", "XDG_CACHE_HOME", "HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"],
  ...["HF_ENDPOINT", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH", "HF_HUB_DISABLE_IMPLICIT_TOKEN"],
  ...["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DOWNLOAD_TIMEOUT", "HF_HUB_DISABLE_SYMLINKS"],
];

/** Runs `body` with these variables and none of the others. */
async function withVariables<T>(variables: Record<string, string>, body: () => T | Promise<T>): Promise<T> {
  const before = VARIABLES.map((name) => [name, Deno.env.get(name)] as const);
  for (const name of VARIABLES) Deno.env.delete(name);
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  try {
    return await body();
  } finally {
    for (const [name, value] of before) {
      value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
    }
  }
}

Deno.test("hubSettings finds the cache where Python's client does", async () => {
  const cases: [Record<string, string>, string | undefined][] = [
    [{ HOME: "/h" }, "/h/.cache/huggingface/hub"],
    [{ HOME: "/h", XDG_CACHE_HOME: "/x" }, "/x/huggingface/hub"],
    [{ HOME: "/h", XDG_CACHE_HOME: "/x", HF_HOME: "~/hf" }, "/h/hf/hub"],
    [{ HOME: "/h", HF_HOME: "/hf", HUGGINGFACE_HUB_CACHE: "/old" }, "/old"],
    [{ HOME: "/h", HF_HOME: "/hf", HUGGINGFACE_HUB_CACHE: "/old", HF_HUB_CACHE: "$HOME/new" }, "/h/new"],
    [{ HF_HUB_CACHE: "${NOTHING}/new" }, "${NOTHING}/new"],
    [{}, undefined],
  ];
  for (const [variables, expected] of cases) {
    const { cache } = await withVariables(variables, () => hubSettings({}));
    assertEquals(cache, expected === undefined ? undefined : resolve(expected), JSON.stringify(variables));
  }
  const { cache } = await withVariables({ HF_HUB_CACHE: "/new" }, () => hubSettings({ cache: "/own" }));
  assertEquals(cache, resolve("/own"));
});

Deno.test("hubSettings reads the address, the silence and what is off", async () => {
  const plain = await withVariables({}, () => hubSettings({}));
  assertEquals([plain.endpoint, plain.offline, plain.timeout, plain.copies], [
    "https://huggingface.co",
    false,
    10_000,
    false,
  ]);
  const variables = {
    HF_ENDPOINT: "http://mirror.test/hub//",
    TRANSFORMERS_OFFLINE: "yes",
    HF_HUB_DOWNLOAD_TIMEOUT: "2.5",
    HF_HUB_DISABLE_SYMLINKS: "1",
  };
  const set = await withVariables(variables, () => hubSettings({}));
  assertEquals([set.endpoint, set.offline, set.timeout, set.copies], [
    "http://mirror.test/hub",
    true,
    2500,
    true,
  ]);
  const own = { endpoint: "https://own.test", offline: false, timeout: 7 };
  const given = await withVariables(variables, () => hubSettings(own));
  assertEquals([given.endpoint, given.offline, given.timeout], ["https://own.test", false, 7]);
  for (const offline of ["1", "on", "TRUE"]) {
    assertEquals((await withVariables({ HF_HUB_OFFLINE: offline }, () => hubSettings({}))).offline, true);
  }
  assertEquals((await withVariables({ HF_HUB_OFFLINE: "0" }, () => hubSettings({}))).offline, false);
});

Deno.test("hubSettings refuses an address and a silence that are none", async () => {
  const fails = (options: Parameters<typeof hubSettings>[0], text: string) => {
    const { code, message } = assertThrows(() => hubSettings(options), VitrailError);
    assertEquals(code, "usage");
    assertStringIncludes(message, text);
  };
  for (const endpoint of ["huggingface.co", "ftp://a", "http://", ""]) {
    fails({ endpoint }, JSON.stringify(endpoint));
  }
  for (const timeout of [0, -1, NaN, Infinity]) fails({ timeout }, String(timeout));
  await withVariables({ HF_HUB_DOWNLOAD_TIMEOUT: "soon" }, () => fails({}, '"soon"'));
});

Deno.test("hubSettings finds the token that Python's client sends", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/token`, "  of-file\n");
    await Deno.writeTextFile(`${folder}/other`, "of-other");
    const cases: [Record<string, string>, string | undefined][] = [
      [{ HF_HOME: folder }, "of-file"],
      [{ HF_HOME: folder, HF_TOKEN_PATH: `${folder}/other` }, "of-other"],
      [{ HF_HOME: folder, HUGGING_FACE_HUB_TOKEN: "old" }, "old"],
      [{ HF_HOME: folder, HUGGING_FACE_HUB_TOKEN: "old", HF_TOKEN: "new " }, "new"],
      [{ HF_HOME: folder, HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" }, undefined],
      [{ HF_HOME: `${folder}/none` }, undefined],
      [{}, undefined],
    ];
    for (const [variables, expected] of cases) {
      const token = await withVariables(variables, () => hubSettings({}).token());
      assertEquals(token, expected, JSON.stringify(variables));
    }
    assertEquals(
      await withVariables({ HF_TOKEN: "new" }, () => hubSettings({ token: "own" }).token()),
      "own",
    );
  }));

Deno.test("hubSettings keeps a model offline, which says where it was looked for", async () => {
  const options = { cache: "/nowhere" };
  const work = () => assertRejects(() => recipeFromHub("Qwen/Qwen2-VL-2B", options), VitrailError);
  const { code, message } = await withVariables({ HF_HUB_OFFLINE: "1" }, work);
  assertEquals(code, "io");
  assertStringIncludes(message, "Qwen/Qwen2-VL-2B cannot be read offline (HF_HUB_OFFLINE)");
  assertStringIncludes(message, resolve("/nowhere/models--Qwen--Qwen2-VL-2B"));
  const homeless = () => assertRejects(() => recipeFromHub("Qwen/Qwen2-VL-2B"), VitrailError);
  const unknown = await withVariables({ HF_HUB_OFFLINE: "1" }, homeless);
  assertStringIncludes(unknown.message, "no cache is known (HF_HUB_CACHE, and --allow-env to read it)");
});
