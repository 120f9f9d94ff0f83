import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { filesIn, turns, writeSamples } from "../support/sft/data_set.ts";
import { GOOD, SMALL, writePictures } from "../support/sft/sft_set.ts";
import { inFolder, vitrail } from "../support/vitrail.ts";

/**
 * Samples that cannot be used, with whether a dry run finds them, their error's code, and words of its
 * message.
 */
const BAD: [sample: Record<string, unknown>, dry: boolean, code: string, message: string][] = [
  [
    { conversations: turns("<ImageHere>", "!"), image: ["0.png", "1.png"] },
    true,
    "dataset",
    "2 pictures want one",
  ],
  [
    { conversations: turns("<ImageHere> <ImageHere>", "!"), image: "0.png" },
    true,
    "dataset",
    "found 2 (2 in conversations[0])",
  ],
  [{ conversations: turns("<ImageHere>", "!") }, true, "dataset", "no pictures want no <ImageHere>"],
  [{ conversations: turns("?", "!"), image: "none.png" }, true, "io", "none.png: it does not exist"],
  [{ conversations: turns("?", "!"), image: "../outside.png" }, true, "dataset", "outside of"],
  [
    { conversations: turns("?", "!"), image: "a\x1b[2J\nb" },
    true,
    "io",
    "a\\u001b[2J\\nb: it does not exist",
  ],
  [{ conversations: turns("?", "!"), image: "a\0b.png" }, true, "io", "a\\u0000b.png: no file's name holds"],
  [{ conversations: turns("?", "!"), image: "link.png" }, true, "dataset", "--allow-outside"],
  [{ conversations: turns("?", "!"), image: "text.jpg" }, true, "decode", "it begins with text"],
  [{ conversations: "?", image: "0.png" }, true, "dataset", 'conversations is "?", expected a list'],
  [{ conversations: turns("?", "!"), image: "cut.jpg" }, false, "decode", "cut.jpg as a picture"],
];

inFolder("vitrail sft ends with the name of a bad sample, before pixels where it can", async (folder) => {
  const root = await writePictures(folder);
  for (const [index, [sample, dry, code, message]] of BAD.entries()) {
    const data = await writeSamples(folder, "data.json", [GOOD, { id: `bad ${index}`, ...sample }, GOOD]);
    const out = join(folder, `out${index}`);
    const args = ["sft", data, ...SMALL, "--image-root", root, "--out", out, "--json"];
    for (const flags of dry ? [["--dry-run"], []] : [[]]) {
      const ran = await vitrail(...args, ...flags);
      assertEquals(ran.status, 1, ran.out);
      const { error, skippedSamples: [bad] = [] } = JSON.parse(ran.out);
      const found = error ?? { code: bad.code, message: bad.reason }; // a dry run lists all that is wrong
      assertEquals(found.code, code);
      assertStringIncludes(found.message, message);
      assertStringIncludes(found.message, `sample 2 of ${data} (id "bad ${index}", line `);
    }
    if (!dry) assertEquals((await vitrail(...args, "--dry-run")).status, 0);
    assertEquals((await filesIn(out).catch(() => new Map())).has("manifest.json"), false);
  }
  const none = await writeSamples(
    folder,
    "none.json",
    BAD.filter(([, dry]) => dry).map(([sample]) => sample),
  );
  const unusable = await vitrail("sft", none, ...SMALL, "--image-root", root, "--dry-run");
  assertMatch(
    unusable.err,
    /^vitrail: none of 10 samples can be used; 2 like sample \d.*; sample \d.*; \d of other kinds$/,
  );
  await Deno.writeTextFile(join(folder, "data.json"), `[\n${JSON.stringify(GOOD)},\n{"id": 1,}\n]`);
  const flags = [...SMALL, "--image-root", root, "--on-error", "skip"];
  const broken = await vitrail("sft", join(folder, "data.json"), ...flags);
  assertEquals(broken.status, 1);
  assertStringIncludes(broken.err, "data.json is not JSON at line 3, column 10: ");
});

inFolder("vitrail sft --on-error skip leaves bad samples out, and lists them", async (folder) => {
  const root = await writePictures(folder);
  const bad = BAD.map(([sample], index) => ({ id: `bad ${index}`, ...sample }));
  const mixed = bad.flatMap((sample, index) => [{ ...GOOD, image: `${index % 4}.png` }, sample]);
  const data = await writeSamples(folder, "data.json", mixed);
  const flags = [...SMALL, "--image-root", root, "--on-error", "skip", "--shard-size", "4samples"];
  const dry = await vitrail("sft", data, ...flags, "--dry-run", "--json");
  const ran = await vitrail("sft", data, ...flags, "--out", join(folder, "out"), "--json");
  assertEquals(ran.status, 0, ran.err);
  const summary = JSON.parse(ran.out), planned = JSON.parse(dry.out);
  assertEquals([summary.samples, summary.skipped, planned.samples, planned.skipped], [11, 11, 12, 10]);
  assertEquals([summary.shards, planned.shards], [3, 3]);
  const times: Record<string, number> = summary.times;
  assertEquals(Object.keys(times), ["planning", "decoding", "computing", "writing", "other"]);
  const spent = Object.values(times).reduce((sum, own) => sum + own, 0);
  assert(spent >= summary.seconds - 1e-6, `${spent} s of ${summary.seconds}`);
  const { total, min, median, p90, p99, max } = summary.tokens;
  assertEquals([total, min, median, p90, p99, max], [44, 4, 4, 4, 4, 4]);
  const manifest = JSON.parse(await Deno.readTextFile(join(folder, "out", "manifest.json")));
  const skipped = [
    ...manifest.skipped,
    ...manifest.shards.flatMap((shard: { skipped: unknown[] }) => shard.skipped),
  ];
  assertEquals(skipped.map(({ position }) => position), BAD.map((_, index) => index * 2 + 1));
  assertEquals(skipped.map(({ code }) => code), BAD.map(([, , code]) => code));
  for (const [index, [, , , message]] of BAD.entries()) {
    assertStringIncludes(skipped[index].reason, message);
    assertStringIncludes(skipped[index].reason, `id "bad ${index}"`);
  }
  assertEquals(manifest.totals.skipped, 11);
  const text = await vitrail("sft", data, ...flags, "--out", join(folder, "out"));
  assertMatch(text.out, /^samples +11\nskipped +11\n/);
  assertMatch(text.err, /^skipped: sample 2 of .*2 pictures want/);
});
