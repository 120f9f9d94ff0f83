import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { VitrailError } from "../../src/errors.ts";
import { recipeFromHub } from "../../src/hub/hub_model.ts";
import type { HubOptions } from "../../src/hub/hub_settings.ts";
import { COMMIT, LocalHub, QWEN, refusal } from "../support/hub/local_hub.ts";
import { inFolder, namesIn } from "../support/temporary_folder.ts";

const ID = "Qwen/Qwen3-VL-8B-Instruct";

/** Answers requests whose path matches, and leaves others to the hub. */
function at(
  path: RegExp,
  answer: (request: Request, closing: Promise<void>) => Response | Promise<Response>,
): LocalHub["fault"] {
  return (request, closing) =>
    path.test(new URL(request.url).pathname) ? answer(request, closing) : undefined;
}

/**
 * Asks a faulty hub for a recipe, and returns the error. Nothing wrong may stay in the cache: with the fault
 * away, the recipe is there.
 */
async function failing(fault: LocalHub["fault"], options: HubOptions = {}): Promise<VitrailError> {
  let error: VitrailError | undefined;
  await inFolder(async (folder) => {
    await using hub = new LocalHub({ [ID]: QWEN });
    hub.fault = fault;
    const here = { endpoint: hub.url, cache: folder, ...options };
    error = await assertRejects(() => recipeFromHub(ID, here), VitrailError);
    assertStringIncludes(error.message, ID);
    hub.fault = () => undefined;
    assertEquals((await recipeFromHub(ID, here)).name, "qwen2_vl");
    const blobs = await namesIn(`${folder}/models--Qwen--Qwen3-VL-8B-Instruct/blobs`);
    assert(blobs.every((name) => /^[0-9a-f]{40}$/.test(name)), String(blobs));
  });
  return error!;
}

const FILE = /resolve.*\/preprocessor_config\.json$/, LIST = /\/api\/models\//;

/** No answer, for as long as the hub runs. */
async function silence(_: Request, closing: Promise<void>): Promise<Response> {
  await closing;
  return new Response();
}

/** A body whose pieces come when `next` gives them. */
function slowly(next: (controller: ReadableStreamDefaultController<Uint8Array>) => void): ReadableStream {
  return new ReadableStream({ start: next });
}

for (const [name, path] of [["the list", LIST], ["a file", FILE]] as const) {
  Deno.test(`hubFetch names the hub that does not answer for ${name}`, async () => {
    const { code, message } = await failing(at(path, silence), { timeout: 80 });
    assertEquals(code, "io");
    assertStringIncludes(message, "did not answer for 0.08 s");
    assertStringIncludes(message, "http://127.0.0.1:");
  });

  Deno.test(`hubFetch says that the hub fell silent within ${name}`, async () => {
    const body = () => slowly((controller) => controller.enqueue(new TextEncoder().encode("{")));
    const { message } = await failing(at(path, () => new Response(body())), { timeout: 500 });
    assertStringIncludes(message, "fell silent for 0.5 s");
  });

  Deno.test(`hubFetch says that ${name} was cut short`, async () => {
    const body = () =>
      slowly((controller) => {
        controller.enqueue(new TextEncoder().encode("{"));
        controller.close();
      });
    const headers = { "Content-Length": "40" };
    const { code, message } = await failing(at(path, () => new Response(body(), { headers })));
    assertEquals(code, "io");
    assertStringIncludes(message, "the answer was cut short");
  });

  Deno.test(`hubFetch says how the hub refuses ${name}`, async () => {
    const cases: [Response, ...string[]][] = [
      [refusal(401, "RepoNotFound", "Invalid username or password."), "no model", "HF_TOKEN is to be set"],
      [refusal(403, "GatedRepo", "Access is restricted."), "403, Access is restricted.", "gated", "HF_TOKEN"],
      [refusal(404, "RepoNotFound", "Repository not found"), "404", `there is no model ${ID}`, "main"],
      [new Response("<html>", { status: 500 }), "500", "it failed; try again later"],
      [new Response("down", { status: 503 }), "503", "it failed"],
      [new Response(null, { status: 429, headers: { "Retry-After": "3600" } }), "to wait for 3600 s"],
      [new Response(null, { status: 429 }), "too many requests were made"],
      [new Response(null, { status: 418 }), "418"],
    ];
    for (const [answer, ...texts] of cases) {
      const { code, message } = await failing(at(path, () => answer.clone() as Response));
      assertEquals(code, "io");
      for (const text of texts) assertStringIncludes(message, text);
      assert(!message.includes("\n"), message);
    }
  });
}

Deno.test("hubFetch names a hub that is down", async () => {
  const hub = new LocalHub({}), { url } = hub;
  await hub[Symbol.asyncDispose]();
  await inFolder(async (folder) => {
    const options = { endpoint: url, cache: folder };
    const { code, message } = await assertRejects(() => recipeFromHub(ID, options), VitrailError);
    assertEquals(code, "io");
    assertStringIncludes(message, `cannot read ${ID} from ${url}: it cannot be reached: Connection refused`);
  });
});

Deno.test("hubFetch comes again when the hub asks it to, three times at most", async () => {
  let left = 2;
  const wait = { status: 429, headers: { "Retry-After": "0" } };
  await using hub = new LocalHub({ [ID]: QWEN });
  hub.fault = at(FILE, () => new Response(null, wait));
  await inFolder(async (cache) => {
    const options = { endpoint: hub.url, cache };
    await assertRejects(() => recipeFromHub(ID, options), VitrailError, "asks to wait for 0 s");
    assertEquals(hub.requests.filter((request) => FILE.test(request)).length, 3);
    hub.fault = (request) => FILE.test(request.url) && left-- > 0 ? new Response(null, wait) : undefined;
    assertEquals((await recipeFromHub(ID, options)).name, "qwen2_vl");
    assertEquals(left, -1);
  });
});

Deno.test("hubFetch sends the token to the hub, and not to where it redirects", async () => {
  await using hub = new LocalHub({ [ID]: QWEN }, ["preprocessor_config.json"]);
  await inFolder(async (cache) => {
    await recipeFromHub(ID, { endpoint: hub.url, cache, token: "secret" });
    const sent = hub.requests.map((request, index) => [request.startsWith("cdn"), hub.tokens[index]]);
    assertEquals(sent.filter(([cdn]) => cdn), [[true, null]]);
    assert(sent.filter(([cdn]) => !cdn).every(([, token]) => token === "Bearer secret"));
  });
});

Deno.test("hubFetch says of a refusal that the token does not suffice", async () => {
  const { message } = await failing(at(LIST, () => refusal(403, "GatedRepo", "No.")), { token: "secret" });
  assertStringIncludes(message, "the token (HF_TOKEN) may not read it");
  assert(!message.includes("secret"));
});

/** The hub's answer to `paths-info`, with changes to what it says of `preprocessor_config.json`. */
function listing(change: (entry: Record<string, unknown>) => Record<string, unknown>): LocalHub["fault"] {
  return at(/paths-info/, async (request) => {
    await using honest = new LocalHub({ [ID]: QWEN });
    const { pathname } = new URL(request.url);
    const answer = await fetch(honest.url + pathname, { method: "POST", body: await request.text() });
    const entries = await answer.json() as Record<string, unknown>[];
    return Response.json(
      entries.map((entry) => entry.path === "preprocessor_config.json" ? change(entry) : entry),
    );
  });
}

Deno.test("downloadHubFile holds a file to the size that the hub said", async () => {
  const less = await failing(listing((entry) => ({ ...entry, size: 10 })));
  assertEquals(less.code, "limit");
  assertStringIncludes(less.message, "is longer than 10 bytes, which the hub said it has");
  const more = await failing(listing((entry) => ({ ...entry, size: 1000 })));
  assertEquals(more.code, "io");
  assertStringIncludes(more.message, "where it said 1000 bytes");
  const short = await failing(at(FILE, () => new Response("{}")));
  assertStringIncludes(short.message, "preprocessor_config.json of Qwen/Qwen3-VL-8B-Instruct came from");
  assertStringIncludes(short.message, "with 2 bytes");
});

Deno.test("downloadHubFile holds a file to the hash that the hub said", async () => {
  const { size } = { size: (QWEN["preprocessor_config.json"] as string).length };
  const other = await failing(at(FILE, () => new Response(" ".repeat(size))));
  assertStringIncludes(other.message, "with another content");
  const lfs = { oid: "b".repeat(64), size, pointerSize: 134 };
  assertStringIncludes((await failing(listing((entry) => ({ ...entry, lfs })))).message, "b".repeat(64));
  for (const oid of ["../../../etc/passwd", "", "B".repeat(40), "b".repeat(39)]) {
    const { message } = await failing(listing((entry) => ({ ...entry, oid })));
    assertStringIncludes(message, `answers for ${ID} as no hub does: the hash "${oid}"`);
  }
});

Deno.test("downloadHubFile refuses a config that is too large before it is sent", async () => {
  const { code, message } = await failing(listing((entry) => ({ ...entry, size: 2 ** 23 + 1 })));
  assertEquals(code, "limit");
  assertStringIncludes(message, `has ${2 ** 23 + 1} bytes, more than the ${2 ** 23}`);
});

Deno.test("hubCommit refuses answers that no hub gives", async () => {
  const siblings = [{ rfilename: "preprocessor_config.json" }];
  const answers: [string, string][] = [
    ["<html>a proxy's page</html>", "as no hub does"],
    ["[]", "the commit"],
    ["null", "as no hub does"],
    [JSON.stringify({ id: ID, sha: "../../x", siblings }), 'the commit "../../x"'],
    [JSON.stringify({ id: ID, siblings }), "the commit"],
    [JSON.stringify({ id: ID, sha: COMMIT, siblings: 7 }), "as no hub does"],
  ];
  for (const [answer, text] of answers) {
    const { code, message } = await failing(at(/\/revision\//, () => new Response(answer)));
    assertEquals(code, "io", answer);
    assertStringIncludes(message, text);
  }
  const nothing = await failing(at(/paths-info/, () => Response.json([])));
  assertStringIncludes(nothing.message, "no size of");
  const another = await failing(at(/\/revision\//, () => Response.json({ sha: "e".repeat(40), siblings })), {
    revision: COMMIT,
  });
  assertStringIncludes(another.message, `another commit, ${"e".repeat(40)}`);
});

Deno.test("hubFetch ends a list that does not end", async () => {
  const body = () =>
    new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(2 ** 20).fill(32)) });
  const { code, message } = await failing(at(/\/revision\//, () => new Response(body())));
  assertEquals(code, "limit");
  assertStringIncludes(message, `is longer than ${2 ** 24} bytes`);
});
