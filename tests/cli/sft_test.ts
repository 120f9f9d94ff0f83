import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { assertSameFiles, filesIn, turns, writePicture, writeSamples } from "../support/sft/data_set.ts";
import { WITHOUT_GPU } from "../support/executors.ts";
import { GOOD, SMALL, writePictures } from "../support/sft/sft_set.ts";
import { inFolder, vitrail } from "../support/vitrail.ts";

inFolder(
  "vitrail merge gives of parts what one run makes, and names bad shards",
  async (folder) => {
    const root = await writePictures(folder);
    const samples = Array.from({ length: 11 }, (_, id) => ({ ...GOOD, id, image: [`${id % 4}.png`] }));
    await writeSamples(folder, "many.json", samples);
    const data = join(folder, "data.txt");
    await Deno.writeTextFile(data, `${join(folder, "many.json")} 1.5\n`);
    const common = ["sft", data, ...SMALL, "--image-root", root, "--shard-size", "3samples"];
    const run = (out: string, ...flags: string[]) => vitrail(...common, "--out", join(folder, out), ...flags);
    assertEquals((await run("whole")).status, 0);
    const whole = await filesIn(join(folder, "whole"));
    assertEquals(whole.size, 6 * 2 + 3); // 16 samples: 6 shards and their notes; the reader
    // Parts share a folder at one time; two processes at one part do not.
    await Deno.mkdir(join(folder, "parts"));
    {
      using held = await Deno.open(join(folder, "parts", ".part-1-of-4.lock"), { write: true, create: true });
      await held.lock(true);
      const refused = await run("parts", "--shard", "1/4");
      assertEquals(refused.status, 2);
      assertStringIncludes(refused.err, "another process is making part 1 of 4");
    }
    const together = await Promise.all(["3/4", "1/4", "4/4"].map((part) => run("parts", "--shard", part)));
    assertEquals(together.map(({ status }) => status), [0, 0, 0]);
    const early = await vitrail("merge", join(folder, "parts"), "--json");
    assertEquals(early.status, 1);
    const { error } = JSON.parse(early.out);
    assertEquals(error.code, "dataset");
    assertStringIncludes(error.message, "no part has made shards 1, 5 (found manifest-1-of-4.json");
    assertStringIncludes(error.message, "run --shard 2/4");
    assertEquals((await run("parts", "--shard", "2/4")).status, 0);
    const merged = await vitrail("merge", join(folder, "parts"), "--json");
    assertEquals(merged.status, 0, merged.err);
    const { shards, samples: count } = JSON.parse(merged.out);
    assertEquals([shards, count], [6, 16]);
    const parts = await filesIn(join(folder, "parts"));
    for (const [name, bytes] of whole) assertEquals(parts.get(name), bytes, name);

    const shard = join(folder, "parts", "shard-00004.safetensors"), bytes = await Deno.readFile(shard);
    bytes[bytes.length - 1] ^= 1;
    await Deno.writeFile(shard, bytes);
    assertEquals((await vitrail("merge", join(folder, "parts"), "--quick")).status, 0);
    assertStringIncludes(
      (await vitrail("merge", join(folder, "parts"))).err,
      "shard-00004.safetensors has another checksum",
    );
    assertEquals((await run("parts", "--shard", "1/4")).status, 0); // makes it again
    assertEquals((await vitrail("merge", join(folder, "parts"))).status, 0);
    await Deno.remove(shard);
    assertStringIncludes(
      (await vitrail("merge", join(folder, "whole"))).out,
      "is whole: 6 shards, 16 samples",
    );
    assertStringIncludes(
      (await vitrail("merge", join(folder, "parts"))).err,
      "shard-00004.safetensors is missing",
    );

    assertEquals((await run("other", "--shard", "1/2", "--seed", "1")).status, 0);
    await Deno.copyFile(
      join(folder, "other", "manifest-1-of-2.json"),
      join(folder, "parts", "manifest-1-of-2.json"),
    );
    assertStringIncludes((await vitrail("merge", join(folder, "parts"))).err, "are of different sets");
    assertStringIncludes((await vitrail("merge", join(folder, "none"))).err, "none: it does not exist");
  },
);

inFolder("vitrail sft refuses a folder of other arguments, with what differs", async (folder) => {
  const root = await writePictures(folder);
  const data = await writeSamples(folder, "data.json", [GOOD]);
  const out = join(folder, "out");
  const common = ["--recipe", "ixc2", "--executor", "reference", "--image-root", root, "--out", out];
  const run = (...flags: string[]) => vitrail("sft", data, ...common, ...flags);
  assertEquals((await run("--set", "size=28")).status, 0);
  const before = await filesIn(out);
  const other = await run("--set", "size=14", "--dtype", "f32");
  assertEquals(other.status, 2);
  assertEquals(other.err.split("\n"), [
    `vitrail: ${out} holds shards of other arguments`,
    '  recipe.parameters.size was 28 and is 14; dtype was "u8" and is "f32"; and 6 more',
    `  give another --out, or the arguments in ${join(out, "arguments.json")}`,
  ]);
  await writePicture(root, "0.png", { kind: "mix", w: 30, h: 49 });
  assertMatch((await run("--set", "size=28")).err, /^ {2}pictures was "[0-9a-f]{40,}…$/m);
  assertSameFiles(await filesIn(out), before);
  await Deno.remove(join(out, "arguments.json"));
  assertStringIncludes((await run("--set", "size=28")).err, "and no arguments.json says what of");
});

inFolder("vitrail sft ends with exit status 2 where its usage is wrong", async (folder) => {
  const data = await writeSamples(folder, "data.json", [GOOD]);
  for (
    const [args, message] of [
      [["sft"], "name one data set"],
      [["sft", data, "b.json"], "name one data set"],
      [["sft", data, "--shard", "3/2"], "--shard is one of N parts"],
      [["sft", data, "--shard-size", "1000"], "--shard-size is a size such as 512MiB, or 1000samples"],
      [["sft", data, "--shard-size", "0KiB"], "--shard-size is a size"],
      [["sft", data, "--seed", "1.5"], "--seed is a whole number"],
      [["sft", data, "--given-num"], "--given-num reads the numbers of a .txt"],
      [["sft", data, "--on-error", "ignore"], "--on-error is one of fail, skip"],
      [["merge"], "name one folder"],
    ] as [string[], string][]
  ) {
    const { status, err } = await vitrail(...args);
    assertEquals(status, 2, err);
    assertStringIncludes(err, message);
  }
});

inFolder(
  "vitrail sft --shard-size holds no more bytes, and counts shared pictures once",
  async (folder) => {
    const root = await writePictures(folder);
    const samples = Array.from(
      { length: 30 },
      (_, id) => ({ ...GOOD, id, image: `${Math.floor(id / 5) % 4}.png` }),
    );
    const data = await writeSamples(folder, "data.json", samples);
    const out = join(folder, "out");
    const flags = ["--image-root", root, "--out", out, "--shard-size", "8KiB", "--json"];
    const { status, out: text, err } = await vitrail("sft", data, ...SMALL, ...flags);
    assertEquals(status, 0, err);
    const { shards, pictures, tiles } = JSON.parse(text);
    assert(shards > 2 && shards < 7, text); // 2 352 bytes a picture, about 100 a text
    assertEquals(pictures, tiles);
    assert(pictures < 12, text);
    const manifest = JSON.parse(await Deno.readTextFile(join(out, "manifest.json")));
    const counts = manifest.shards.map((shard: { samples: number }) => shard.samples);
    assertEquals(counts.reduce((a: number, b: number) => a + b), 30);
  },
);

inFolder("vitrail sft --on-error skip goes on after a run that failed", async (folder) => {
  const root = await writePictures(folder);
  const images = ["0.png", "1.png", "2.png", "cut.jpg", "3.png"];
  const data = await writeSamples(folder, "data.json", images.map((image, id) => ({ ...GOOD, id, image })));
  const run = (out: string, ...flags: string[]) => {
    const common = ["--image-root", root, "--shard-size", "1samples", "--out", join(folder, out), "--json"];
    return vitrail("sft", data, ...SMALL, ...common, ...flags);
  };
  const failed = await run("out");
  assertEquals(failed.status, 1);
  assertStringIncludes(failed.err, "(id 3, line ");
  const went = await run("out", "--on-error", "skip");
  assertEquals(went.status, 0, went.err);
  const { found, made, samples, skipped, shards } = JSON.parse(went.out);
  assertEquals({ found, samples, skipped, shards }, { found: 3, samples: 4, skipped: 1, shards: 5 });
  assert(made <= 2, went.out);
  assertEquals((await run("whole", "--on-error", "skip")).status, 0);
  assertSameFiles(await filesIn(join(folder, "out")), await filesIn(join(folder, "whole")));
  const again = await run("whole");
  assertEquals(again.status, 1);
  assertStringIncludes(again.err, "(id 3, line ");
});

Deno.test({
  name: "vitrail sft makes the same shards on both executors",
  ignore: WITHOUT_GPU,
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "vitrail" });
    try {
      const root = await writePictures(folder);
      const images = [["0.png", "1.png"], ["2.png"], ["3.png", "0.png"]];
      const conversations = (count: number) => turns("<ImageHere>".repeat(count), "!");
      const samples = images.map((image) => ({ conversations: conversations(image.length), image }));
      const data = await writeSamples(folder, "data.json", samples);
      for (const executor of ["webgpu", "reference"]) {
        const flags = ["--recipe", "ixc2-4khd", "--image-root", root, "--executor", executor];
        assertEquals((await vitrail("sft", data, ...flags, "--out", join(folder, executor))).status, 0);
      }
      assertSameFiles(await filesIn(join(folder, "webgpu")), await filesIn(join(folder, "reference")));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
