import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { Engine } from "../../../src/engine/engine.ts";
import { VitrailError } from "../../../src/errors.ts";
import { readSafetensors, writeSafetensors } from "../../../src/formats/safetensors.ts";
import type { Dtype } from "../../../src/plan/dtype.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";
import { recipe } from "../../../src/recipes/registry.ts";
import { readShard, type ShardPicture, type ShardSample } from "../../../src/sft/set/read_shard.ts";
import { readChatTemplate } from "../../../src/sft/text/chat_template_file.ts";
import { batchOf, collate } from "../../../src/sft/text/collate.ts";
import { readTokenizer } from "../../../src/sft/text/tokenizer_file.ts";
import { sha256 } from "../../support/golden/golden.ts";
import { tokenizerJson } from "../../support/sft/byte_tokenizer.ts";
import { turns, writePicture, writeSamples } from "../../support/sft/data_set.ts";
import { inFolder } from "../../support/temporary_folder.ts";
import { vitrail } from "../../support/vitrail.ts";

const SAMPLES = [
  { id: 7, conversations: turns("<ImageHere> <ImageHere>", "two"), image: ["wide.png", "tall.png"] },
  { id: "x", conversations: turns("hello", "hi") },
  { conversations: turns("which?", "that"), image: "tall.png" },
  {
    id: 9,
    conversations: turns("<ImageHere> <ImageHere>", "again"),
    image: ["tall.png", "wide.png"],
    extra: 1,
  },
];

async function writeAll(folder: string): Promise<string> {
  await writePicture(folder, "wide.png", { kind: "noise", w: 97, h: 40, seed: 3 });
  await writePicture(folder, "tall.png", { kind: "mix", w: 31, h: 64 });
  return await writeSamples(folder, "data.json", SAMPLES);
}

/** Makes a set in one shard and reads it. */
async function made(folder: string, data: string, ...flags: string[]): Promise<ShardSample[]> {
  const out = join(folder, "last");
  await Deno.remove(out, { recursive: true }).catch(() => {});
  const common = ["--image-root", folder, "--out", out, "--executor", "reference"];
  const { status, err } = await vitrail("sft", data, ...common, ...flags);
  assertEquals(status, 0, err);
  return await Array.fromAsync(readShard(join(out, "shard-00000.safetensors")));
}

/** Recipes that make a picture alike alone and beside others, and recipes that do not. */
const RECIPES: [name: string, set: Record<string, unknown>, dtypes: Dtype[]][] = [
  ["ixc2", { size: 28 }, ["u8", "f32", "f16", "bf16"]],
  ["ixc2-4khd", { hdNum: 2 }, ["u8", "f32"]],
  ["ixc25-image", { hdNum: 3, hdNumSeveral: 1 }, ["u8"]],
  ["ixc2-4khd", { hdNum: 2, uniform: "first" }, ["f32"]],
  ["ixc2-4khd", { hdNum: 2, uniform: "largest", fit: "stretch" }, ["u8"]],
  ["ixc25-video", {}, ["u8"]],
];

/** Compares the pictures of a sample with those that the engine makes of them together. */
async function assertMadeTogether(
  engine: Engine,
  own: Recipe,
  dtype: Dtype,
  paths: string[],
  pictures: readonly ShardPicture[],
): Promise<void> {
  // In u8 a shard has no global views, and no batch has any in its pixel_values.
  using batch = await engine.run(own, paths, { dtype });
  const all = await batch.pixelValues.bytes(), [rows, ...rowShape] = batch.pixelValues.shape;
  const rowBytes = all.length / rows;
  assertEquals(pictures.length, batch.images.length);
  for (const [index, { rows: [from, to], grid, size, tokens }] of batch.images.entries()) {
    const picture = pictures[index], { pixelValues } = picture;
    assertEquals([picture.grid, picture.size, picture.tokens], [grid, size, tokens]);
    assertEquals([pixelValues.shape, pixelValues.dtype], [[to - from, ...rowShape], dtype]);
    const expected = all.subarray(from * rowBytes, to * rowBytes);
    assertEquals(sha256(await pixelValues.bytes()), sha256(expected));
  }
}

Deno.test("readShard gives every sample's pictures as the engine makes them together", () =>
  inFolder(async (folder) => {
    const data = await writeAll(folder);
    const clip = await writeSamples(folder, "clip.json", [
      { ...SAMPLES[0], conversations: turns("?", "!") },
    ]);
    await using engine = await Engine.open({ executor: "reference" });
    for (const [name, set, dtypes] of RECIPES) {
      const flags = Object.entries(set).flatMap(([key, value]) => ["--set", `${key}=${value}`]);
      const file = name === "ixc25-video" ? clip : data;
      for (const dtype of dtypes) {
        const samples = await made(folder, file, "--recipe", name, ...flags, "--dtype", dtype);
        for (const { images, pictures } of samples) {
          if (images.length === 0) continue;
          const paths = images.map((image) => join(folder, image));
          await assertMadeTogether(engine, recipe(name, set), dtype, paths, pictures);
        }
      }
    }
  }));

Deno.test("readShard gives samples as the data set has them, and each picture once", () =>
  inFolder(async (folder) => {
    const data = await writeAll(folder);
    const samples = await made(folder, data, "--recipe", "ixc2", "--set", "size=28");
    assertEquals(samples.map(({ position }) => position), [0, 1, 2, 3]);
    assertEquals(samples.map(({ id }) => id), [7, "x", undefined, 9]);
    assertEquals(samples.map(({ images }) => images.length), [2, 0, 1, 2]);
    assertEquals(
      samples.map(({ conversations }) => conversations),
      SAMPLES.map((sample) => sample.conversations),
    );
    const indices = samples.map(({ pictures }) => pictures.map(({ index }) => index));
    assertEquals(indices, [[0, 1], [], [1], [1, 0]]);
    assert(samples[0].pictures[1] === samples[2].pictures[0]);
    assertEquals(samples[2].text.startsWith("<ImageHere>[UNUSED_TOKEN_146]user\nwhich?"), true);
    const table = samples[0].valueTable!;
    assertEquals([table.length, table[0], table[255 + 512]], [768, -1.7922625541687012, 2.1458969116210938]);
    const [float] = await made(folder, data, "--recipe", "ixc2", "--set", "size=28", "--dtype", "f32");
    const bytes = await samples[0].pictures[0].pixelValues.bytes();
    const floats = await float.pictures[0].pixelValues.data() as Float32Array;
    assertEquals(
      floats,
      Float32Array.from(bytes, (byte, index) => table[Math.floor(index / 784) * 256 + byte]),
    );
    assertEquals(float.valueTable, undefined);
    assertNotEquals(floats[0], floats[784]);
  }));

Deno.test("readShard gives the rows of collate where there was a tokenizer", () =>
  inFolder(async (folder) => {
    const data = await writeAll(folder), file = join(folder, "tokenizer.json");
    await Deno.writeTextFile(file, JSON.stringify(tokenizerJson()));
    const template = join(folder, "chat.jinja");
    await Deno.writeTextFile(
      template,
      "{% for m in messages %}<{{ m.role }}>{{ m.content }}</{{ m.role }}>{% endfor %}",
    );
    const { tokenizer } = await readTokenizer(file);
    const cut = { maxLength: 60, pictureId: 9, padId: 2 };
    const chat = { maxLength: 16384, padId: 0, template: await readChatTemplate(template) };
    const cases = [
      [["--max-length", "60", "--picture-id", "9"], cut],
      [["--template", template], chat],
    ] as const;
    for (const [words, options] of cases) {
      const flags = ["--recipe", "ixc2", "--set", "size=28", "--tokenizer", file, ...words];
      const samples = await made(folder, data, ...flags);
      const collated = collate(samples, { ...options, tokenizer });
      assertEquals(batchOf(samples.map(({ tokenRow }) => tokenRow!), options.padId), collated);
      assertEquals(collated.spans.map((spans) => spans.length), [2, 0, 1, 2]);
      const { tensors } = await readSafetensors(join(folder, "last", "shard-00000.safetensors"));
      const masks = samples.map(({ tokenRow }, index) =>
        collated.im_mask.data.subarray(index * collated.im_mask.shape[1])
          .subarray(0, tokenRow!.ids.length)
      );
      assertEquals(Array.from(tensors.get("im_mask")!.data, Number), masks.flatMap((mask) => [...mask]));
    }
    const other = await vitrail("sft", data, "--image-root", folder, "--tokenizer", file, "--template", data);
    assertEquals(other.status, 2, other.err);
  }));

Deno.test("readShard refuses files that are no shards", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.safetensors");
    await writeSafetensors(path, []);
    await assertRejects(
      () => readShard(path).next(),
      VitrailError,
      "is no shard of this version: it names no format",
    );
    await writeSafetensors(path, [], { format: "vitrail-shard-1", recipe: "{}" });
    await assertRejects(
      () => readShard(path).next(),
      VitrailError,
      "is damaged: it has no tensor sample_position",
    );
    await assertRejects(() => readShard(join(folder, "none")).next(), VitrailError, "it does not exist");
  }));
