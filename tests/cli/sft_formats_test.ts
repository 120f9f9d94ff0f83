import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import { readShard } from "../../src/sft/shards/read_shard.ts";
import { assertSameBytes } from "../support/compare/assert_same.ts";
import { assertSameFiles, filesIn, turns, writeSamples } from "../support/sft/data_set.ts";
import { writeParquet } from "../support/sft/records/parquet_file.ts";
import { DATA_JSON, type Form, FORMS, PLAIN } from "../support/sft/formatted_sets.ts";
import { SMALL, writePictures } from "../support/sft/sft_set.ts";
import { inFolder, vitrail } from "../support/vitrail.ts";

/** Makes a form of the set in a folder of its own, and returns the folder. */
async function made(folder: string, form: Form, name: string, ...flags: string[]): Promise<string> {
  const root = join(folder, "pictures"), own = join(folder, name), out = join(own, "shards");
  await Deno.mkdir(own);
  const data = await form.write({ folder: own, root }, PLAIN);
  const given = [...flags, ...form.flags ?? []];
  const ran = await vitrail("sft", data, ...given, "--image-root", root, "--out", out);
  assertEquals(ran.status, 0, `${name}: ${ran.err}`);
  return out;
}

/** Fails unless shards are the same in every byte, but for records and the checksum without `records`. */
async function assertSameTensors(actual: string, expected: string, records: boolean): Promise<void> {
  const [own, other] = [await readSafetensors(actual), await readSafetensors(expected)];
  const names = (file: typeof own) =>
    [...file.tensors.keys()].filter((name) => records || !/^(record|content_sha256)/.test(name));
  assertEquals(names(own), names(other));
  for (const name of names(other)) {
    const { dtype, shape, data } = own.tensors.get(name)!, wanted = other.tensors.get(name)!;
    assertEquals([dtype, shape], [wanted.dtype, wanted.shape], name);
    const bytes = (held: ArrayBufferView) => new Uint8Array(held.buffer, held.byteOffset, held.byteLength);
    assertSameBytes(bytes(data), bytes(wanted.data), name);
  }
}

inFolder("vitrail sft --recipe ixc25 gives of every format the shard of data.json", async (folder) => {
  await writePictures(folder);
  const ixc25 = ["--recipe", "ixc25", "--set", "hdNum=2", "--executor", "simd"];
  const shard = "shard-00000.safetensors";
  const expected = join(await made(folder, DATA_JSON, "expected", ...ixc25), shard);
  for (const [index, [name, form]] of Object.entries(FORMS).entries()) {
    const out = await made(folder, form, `${index}`, ...ixc25);
    if (form.named) {
      assertSameBytes(await Deno.readFile(join(out, shard)), await Deno.readFile(expected), name);
    } else await assertSameTensors(join(out, shard), expected, false);
    const samples = await Array.fromAsync(readShard(join(out, shard)));
    assertEquals(samples.map(({ id }) => id), PLAIN.map(({ id }) => id), name);
    assertEquals(samples.map(({ images }) => images.length), [2, 2, 0], name);
    if (form.named) assertEquals(samples.map(({ images }) => images), PLAIN.map((own) => own.pictures));
  }
});

inFolder("vitrail sft goes on with pictures in rows and archives, and shares them out", async (folder) => {
  await writePictures(folder);
  for (const name of ["messages in parquet with structs", "messages in a tar", "xcomposer with data URIs"]) {
    const form = FORMS[name], flags = [...SMALL, "--shard-size", "1samples"];
    const whole = await made(folder, form, `${name}, whole`, ...flags);
    const before = await filesIn(whole);
    assertEquals(before.size, 3 * 2 + 3); // shards and notes; arguments, manifest and reader
    await Deno.remove(join(whole, "shard-00001.safetensors"));
    const data = join(folder, `${name}, whole`, name.includes("parquet") ? "a.parquet" : "a.json");
    const set = name.endsWith("tar") ? join(folder, `${name}, whole`, "a.tar") : data;
    const root = join(folder, "pictures");
    const run = (out: string, ...more: string[]) =>
      vitrail("sft", set, ...flags, "--image-root", root, "--out", out, ...more);
    assertEquals((await run(whole)).status, 0);
    assertSameFiles(await filesIn(whole), before);
    const parts = join(folder, `${name}, parts`);
    assertEquals(
      (await Promise.all([run(parts, "--shard", "2/2"), run(parts, "--shard", "1/2")]))
        .map(({ status, err }) => [status, err]),
      [[0, ""], [0, ""]],
    );
    assertEquals((await vitrail("merge", parts)).status, 0);
    const merged = await filesIn(parts);
    for (const [file, bytes] of before) assertSameBytes(merged.get(file)!, bytes, `${name}: ${file}`);
    const dry = JSON.parse((await run(parts, "--dry-run", "--json")).out);
    assertEquals([dry.samples, dry.pictures, dry.skipped], [3, 4, 0]);
  }
});

inFolder("vitrail sft makes a set again whose pictures in rows are others", async (folder) => {
  const root = await writePictures(folder), form = FORMS["messages in parquet with structs"];
  const out = await made(folder, form, "first", ...SMALL);
  await Deno.copyFile(join(root, "3.png"), join(root, "0.png"));
  const own = join(folder, "second");
  await Deno.mkdir(own);
  const data = await form.write({ folder: own, root }, PLAIN);
  const ran = await vitrail("sft", data, ...SMALL, "--image-root", root, "--out", out);
  assertEquals(ran.status, 2);
  assert(/data\.0\.sha256 was .* pictures was /s.test(ran.err), ran.err);
});

inFolder("vitrail sft makes a clip's frames one sheet, and says which recipe takes clips", async (folder) => {
  const root = await writePictures(folder), frames = ["0.png", "1.png", "2.png"];
  const turnsWith = (mark: string) => turns(`${mark}?`, "!");
  const sets = [
    [{ conversations: turnsWith("<ImageHere>"), image: frames }],
    [{ conversations: turnsWith("<video>"), video: frames }],
    [{
      messages: [{ role: "user", content: "<video>?" }, { role: "assistant", content: "!" }],
      videos: [frames],
    }],
    [{ query: "?", response: "!", videos: [frames] }],
  ];
  const video = ["--recipe", "ixc25-video", "--executor", "simd", "--image-root", root];
  for (const [index, samples] of sets.entries()) {
    const data = await writeSamples(folder, `${index}.json`, samples);
    const ran = await vitrail("sft", data, ...video, "--out", join(folder, `${index}`));
    assertEquals(ran.status, 0, ran.err);
    const shard = (at: number) => join(folder, `${at}`, "shard-00000.safetensors");
    await assertSameTensors(shard(index), shard(0), false);
  }
  const refused = await vitrail("sft", join(folder, "1.json"), ...SMALL, "--image-root", root, "--dry-run");
  assertEquals(refused.status, 1);
  assertStringIncludes(
    refused.err,
    "line 2): it has a clip of 3 frames, and ixc2 takes pictures; ixc25-video",
  );
});

inFolder(
  "vitrail sft --on-error skip leaves out the rows that cannot be used, and lists them",
  async (folder) => {
    const root = await writePictures(folder), bytes = await Deno.readFile(join(root, "0.png"));
    const conversations = turns("<image>?", "!");
    const rows = [
      { id: "good", conversations, image: { bytes, path: "0.png" } },
      { id: "cut", conversations, image: { bytes: bytes.subarray(0, 60), path: "1.png" } },
      { id: "none", conversations, image: null },
      { id: "empty", conversations, image: { bytes: null, path: null } },
      {},
      { id: "text", conversations, image: { bytes: new TextEncoder().encode("no picture"), path: null } },
      { id: "outside", conversations, image: { bytes: null, path: "../outside.png" } },
      { id: "hostile", conversations, image: { bytes, path: "../../etc/passwd\0" } },
    ];
    const types = {
      id: "text",
      conversations: [{ from: "text", value: "text" }],
      image: { bytes: "bytes", path: "text" },
    } as const;
    const data = await writeParquet(folder, "a.parquet", types, rows, { rowGroupSize: 3 });
    const out = join(folder, "out"), flags = [...SMALL, "--image-root", root, "--out", out, "--json"];
    const ran = await vitrail("sft", data, ...flags, "--on-error", "skip");
    assertEquals(ran.status, 0, ran.err);
    const { samples, skippedSamples } = JSON.parse(ran.out);
    assertEquals(samples, 2);
    const words = [
      ['(id "cut", row 2): ', "1.png"],
      ['(id "none", row 3): no pictures (in image, video) want no <image>, found 1 <image>'],
      ['(id "empty", row 4): image is {'],
      ["(row 5): conversations is missing, expected a list of turns"],
      ['(id "text", row 6): ', "image"],
      ['(id "outside", row 7): ', "leads to", "outside of"],
    ];
    assertEquals(skippedSamples.length, words.length, ran.out);
    // Those that only decoding finds are listed last.
    skippedSamples.sort((a: { position: number }, b: { position: number }) => a.position - b.position);
    for (const [index, texts] of words.entries()) {
      const { reason } = skippedSamples[index];
      for (const text of texts) assertStringIncludes(reason, text);
      assertEquals(reason.includes("\n"), false, reason);
    }
    const read = await Array.fromAsync(readShard(join(out, "shard-00000.safetensors")));
    assertEquals(read.map(({ id }) => id), ["good", "hostile"]);
    assertEquals(read[0].pictures[0].index, read[1].pictures[0].index); // equal bytes are stored once
  },
);
