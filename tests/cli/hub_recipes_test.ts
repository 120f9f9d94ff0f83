import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMIT, LocalHub, QWEN } from "../support/hub/local_hub.ts";
import { namesIn } from "../support/temporary_folder.ts";
import { inFolder, vitrail, vitrailProcess } from "../support/vitrail.ts";

const ID = "Qwen/Qwen3-VL-8B-Instruct", PLAN = ["plan", "640x480", "--recipe", ID];
const CONFIG = "preprocessor_config.json";

/** The variables that name a hub and a cache, and none of the user's. */
function variables(hub: LocalHub, cache: string): Record<string, string> {
  return { HF_ENDPOINT: hub.url, HF_HUB_CACHE: cache, HF_HOME: `${cache}/home`, HF_TOKEN: "" };
}

/** Registers a test that has a hub and an empty cache. */
function onHub(name: string, run: (hub: LocalHub, cache: string) => Promise<void>): void {
  inFolder(name, async (folder) => {
    await using hub = new LocalHub({ [ID]: QWEN }, ["tokenizer.json"]);
    await run(hub, folder);
  });
}

onHub("vitrail plan --recipe finds a model by its name, and says which files it read", async (hub, cache) => {
  const env = variables(hub, cache), allowed = ["--allow-env", "--allow-net"];
  const snapshot = `${cache}/models--Qwen--Qwen3-VL-8B-Instruct/snapshots/${COMMIT}`;
  const first = await vitrailProcess(env, PLAN, ...allowed);
  assertEquals(first.status, 0, first.err);
  const line = (from: string) =>
    `read ${ID}, commit ${COMMIT}: ${CONFIG} from the ${from} (${snapshot}/${CONFIG})`;
  assertStringIncludes(first.out, line("hub"));
  const again = await vitrailProcess(env, PLAN, "--allow-env");
  assertStringIncludes(again.out, line("cache"));
  const json = await vitrailProcess({ ...env, HF_HUB_OFFLINE: "1" }, [...PLAN, "--json"], "--allow-env");
  const { recipe, outputs, source } = JSON.parse(json.out);
  assertEquals([recipe, outputs.pixel_values.shape], ["qwen2_vl", [1200, 3 * 2 * 16 * 16]]);
  const file = { name: CONFIG, from: "cache", place: `${snapshot}/${CONFIG}` };
  assertEquals(source, { id: ID, revision: COMMIT, files: [file] });
  const clips = await vitrailProcess(env, [...PLAN, "640x480", "--for-clips", "--json"], "--allow-env");
  assertEquals(JSON.parse(clips.out).source.files[0].name, "video_preprocessor_config.json");
});

onHub("vitrail tile --recipe writes a model's tensors by its name", async (hub, cache) => {
  const picture = new URL("../fixtures/codecs/grey.bmp", import.meta.url).pathname,
    out = `${cache}/a.safetensors`;
  const args = ["tile", picture, "--recipe", ID, "--out", out, "--executor", "simd", "--json"];
  const { status, out: printed, err } = await vitrailProcess(
    variables(hub, cache),
    args,
    "--allow-env",
    "--allow-net=127.0.0.1,localhost",
  );
  assertEquals(status, 0, err);
  assertEquals(JSON.parse(printed).source.revision, COMMIT);
  assert((await Deno.stat(out)).size > 0);
});

onHub("vitrail plan --recipe says in one line which permission it lacks", async (hub, cache) => {
  const refused = await vitrailProcess(variables(hub, cache), PLAN, "--allow-env");
  assertEquals([refused.status, refused.err.trim().split("\n").length], [1, 1], refused.err);
  assertStringIncludes(refused.err, `reading ${ID} needs --allow-net: Requires net access to "127.0.0.1`);
  assertEquals(hub.requests, []);
  // Without leave to write, files are read and not kept.
  const kept = await vitrailProcess(
    variables(hub, `${cache}/none`),
    [...PLAN, "--json"],
    "--allow-env",
    "--allow-net",
    "--deny-write",
  );
  assertEquals(kept.status, 0, kept.err);
  const [{ from, place }] = JSON.parse(kept.out).source.files;
  assertEquals([from, place], ["hub", `${hub.url}/${ID}/resolve/${COMMIT}/${CONFIG}`]);
  assertEquals(await namesIn(cache), []);
});

onHub("vitrail plan --recipe of two processes at once fills one cache", async (hub, cache) => {
  const runs = [1, 2, 3].map(() => vitrailProcess(variables(hub, cache), PLAN, "--allow-env", "--allow-net"));
  for (const { status, err } of await Promise.all(runs)) assertEquals(status, 0, err);
  const part = `${cache}/models--Qwen--Qwen3-VL-8B-Instruct`;
  assertEquals((await namesIn(`${part}/blobs`)).length, 3);
  assertEquals(await namesIn(`${part}/snapshots/${COMMIT}`), [
    "config.json",
    CONFIG,
    "video_preprocessor_config.json",
  ]);
});

onHub("vitrail plan --recipe takes a folder before a model of that name", async (hub, cache) => {
  const part = `${cache}/Qwen/Qwen3-VL-8B-Instruct`;
  await Deno.mkdir(part, { recursive: true });
  await Deno.writeTextFile(
    `${part}/${CONFIG}`,
    JSON.stringify({ image_processor_type: "CLIPImageProcessor" }),
  );
  const { status, out, err } = await vitrail("plan", "64x64", "--recipe", part, "--json");
  assertEquals(status, 0, err);
  const { recipe, source } = JSON.parse(out);
  assertEquals([recipe, source.files[0].place, source.id], ["clip", `${part}/${CONFIG}`, undefined]);
  assertEquals(hub.requests, []);
});

onHub(
  "vitrail plan --recipe names a model that there is not, and the folder that there is not",
  async (hub, cache) => {
    const args = ["plan", "9x9", "--recipe", "models/qwen"];
    const { status, err } = await vitrailProcess(variables(hub, cache), args, "--allow-env", "--allow-net");
    assertEquals(status, 1);
    assertStringIncludes(err, "there is no model models/qwen");
    assertStringIncludes(err, "(nor is there a folder models/qwen here)");
  },
);

Deno.test("vitrail plan --revision and --for-clips are for models", async () => {
  const cases: [string[], string][] = [
    [
      ["--recipe", "ixc2", "--revision", "main"],
      "--revision is for a model on the hub, and --recipe ixc2 is none",
    ],
    [["--recipe", "ixc2", "--for-clips"], "--for-clips is for a model, and --recipe ixc2 is none"],
    [["--recipe", "a.json", "--for-clips"], "--for-clips is for a model, and --recipe a.json is none"],
    [["--recipe", "Qwen/Qwen2-VL-2B", "--revision", "../x"], "a revision is a branch, a tag or a commit"],
  ];
  for (const [args, text] of cases) {
    const { status, err } = await vitrail("plan", "64x64", ...args);
    assertEquals(status, 2, err);
    assertStringIncludes(err, text);
  }
});
