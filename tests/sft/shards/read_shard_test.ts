import { Engine } from "../../../src/engine/engine.ts";
import { VitrailError } from "../../../src/errors.ts";
import { writeHashed } from "../../../src/formats/hashed_write.ts";
import { readSafetensors, writeSafetensors } from "../../../src/formats/safetensors.ts";
import type { Dtype } from "../../../src/plan/dtype.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";
import { recipe } from "../../../src/recipes/registry.ts";
import { sealedPieces } from "../../../src/sft/shards/checks/seal.ts";
import { readShard, type ShardSample } from "../../../src/sft/shards/read_shard.ts";
import { readChatTemplate } from "../../../src/sft/text/chat_template_file.ts";
import { batchOf, collate, type CollateOptions } from "../../../src/sft/text/collate.ts";
import { readTokenizer } from "../../../src/text/read_tokenizer.ts";
import { assertSameTensor } from "../../support/compare/assert_same.ts";
import { tokenizerJson } from "../../support/sft/byte_tokenizer.ts";
import { turns, writePicture, writeSamples } from "../../support/sft/data_set.ts";
import { inFolder } from "../../support/temporary_folder.ts";
import { vitrail } from "../../support/vitrail.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";

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

/** A clip, whose frames have no placeholder each. */
const CLIPS = [{ ...SAMPLES[0], conversations: turns("?", "!") }];

/** Writes two pictures and the samples that name them; returns the samples' path. */
async function writeAll(folder: string, samples: readonly object[] = SAMPLES): Promise<string> {
  await writePicture(folder, "wide.png", { kind: "noise", w: 97, h: 40, seed: 3 });
  await writePicture(folder, "tall.png", { kind: "mix", w: 31, h: 64 });
  return await writeSamples(folder, "data.json", samples);
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

/** Recipes of a kind, with the dtypes that sets of them are made in. */
const RECIPES: { name: string; parameters: Record<string, unknown>; dtypes: Dtype[] }[] = [
  // Those whose pictures are made alike alone and in company.
  { name: "ixc2", parameters: { size: 28 }, dtypes: ["u8", "f32", "f16", "bf16"] },
  { name: "ixc2-4khd", parameters: { hdNum: 2 }, dtypes: ["u8", "f32"] },
  // Those whose pictures are not.
  { name: "ixc25-image", parameters: { hdNum: 3, hdNumSeveral: 1 }, dtypes: ["u8"] },
  { name: "ixc2-4khd", parameters: { hdNum: 2, uniform: "first" }, dtypes: ["f32"] },
  { name: "ixc2-4khd", parameters: { hdNum: 2, uniform: "largest", fit: "stretch" }, dtypes: ["u8"] },
  // Those that make one picture of a sample's frames.
  { name: "ixc25-video", parameters: {}, dtypes: ["u8"] },
];

for (const { name, parameters, dtypes } of RECIPES) {
  const own = recipe(name, parameters);
  for (const dtype of dtypes) {
    Deno.test(`readShard gives what the engine makes: ${name} ${JSON.stringify(parameters)} ${dtype}`, () =>
      inFolder(async (folder) => {
        const data = await writeAll(folder, name === "ixc25-video" ? CLIPS : SAMPLES);
        const set = Object.entries(parameters).flatMap(([key, value]) => ["--set", `${key}=${value}`]);
        const samples = await made(folder, data, "--recipe", name, ...set, "--dtype", dtype);
        await using engine = await Engine.open({ executor: "reference" });
        // A set of bytes has no global views, and gives the values of its bytes.
        const bytes = dtype === "u8", run = bytes ? { ...own, globalView: false } as Recipe : own;
        for (const { images, pictures, outputs } of samples) {
          assertEquals(Object.keys(outputs), images.length === 0 ? [] : ["pixel_values"]);
          if (images.length === 0) continue;
          const files = images.map((image) => join(folder, image));
          using batch = await engine.run(run, files, { dtype: bytes ? "f32" : dtype });
          await assertSameTensor(outputs.pixel_values, batch.pixelValues);
          const facts = batch.images.map(({ grid, size, tokens }) => [grid, size, tokens]);
          assertEquals(pictures.map(({ grid, size, tokens }) => [grid, size, tokens]), facts);
        }
      }));
  }
}

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
    const [float] = await made(folder, data, "--recipe", "ixc2", "--set", "size=28", "--dtype", "f32");
    await assertSameTensor(samples[0].outputs.pixel_values, float.outputs.pixel_values);
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
    const chat = await readChatTemplate(template);
    const cases: [flags: string[], options: Omit<CollateOptions, "tokenizer">][] = [
      [["--max-length", "60", "--picture-id", "9"], { maxLength: 60, pictureId: 9, padId: 2 }],
      [["--template", template], { maxLength: 16384, padId: 0, template: chat }],
    ];
    for (const [words, options] of cases) {
      const flags = ["--recipe", "ixc2", "--set", "size=28", "--tokenizer", file, ...words];
      const samples = await made(folder, data, ...flags);
      const collated = collate(samples, { ...options, tokenizer });
      assertEquals(batchOf(samples.map(({ tokenRow }) => tokenRow!), options.padId), collated);
      assertEquals(collated.spans.map((spans) => spans.length), [2, 0, 1, 2]);
      const { tensors } = await readSafetensors(join(folder, "last", "shard-00000.safetensors"));
      const { data: mask, shape: [, length] } = collated.im_mask;
      const masks = samples.map(({ tokenRow }, i) =>
        mask.subarray(i * length, i * length + tokenRow!.ids.length)
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
    const fails = (path: string, text: string) => {
      return assertRejects(() => readShard(path).next(), VitrailError, text);
    };
    await fails(path, "is no shard of this version: it names no format");
    await writeSafetensors(path, [], { format: "vitrail-shard-1", recipe: "{}" });
    await fails(path, '"vitrail-shard-1", expected "vitrail-shard-2"; vitrail sft makes the set again');
    await writeSafetensors(path, [], { format: "vitrail-shard-2", outputs: "{}" });
    await fails(path, "does not end in content_sha256; vitrail sft makes it again");
    await writeHashed(path, sealedPieces([], { format: "vitrail-shard-2", outputs: "{}" }));
    await fails(path, "is damaged: it has no tensor sample_position");
    await fails(join(folder, "none"), "it does not exist");
  }));
