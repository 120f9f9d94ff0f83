import { Engine } from "../../../src/engine/engine.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { python, withPython } from "../../support/python.ts";
import { tokenizerJson } from "../../support/sft/byte_tokenizer.ts";
import { assertSameFiles, filesIn, turns, writePicture, writeSamples } from "../../support/sft/data_set.ts";
import { READ_MDS, READ_WEBDATASET } from "../../support/export/export_readers.ts";
import { madeSet } from "../../support/sft/golden_set.ts";
import { SMALL } from "../../support/sft/sft_set.ts";
import { inFolder } from "../../support/temporary_folder.ts";
import { vitrail } from "../../support/vitrail.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parquetReadObjects } from "hyparquet";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";

const FORMATS = ["webdataset", "parquet", "mds"];

/** The reader that stands beside shards. */
const READER = await Deno.readTextFile(new URL("../../../src/sft/shards/vitrail_reader.py", import.meta.url));

/** Prints the rows of a set, a webdataset and MDS, and of each tensor its type, shape and checksum. */
const PROGRAM = `
import sys; sys.modules["torch"] = None
${READER}
${READ_WEBDATASET}
${READ_MDS}
def digest(array):
    array = array.view("?") if array.dtype == np.uint8 else array  # MDS has no truth values
    return [array.dtype.str, list(array.shape), hashlib.sha256(np.ascontiguousarray(array)).hexdigest()]
def digests(fields):
    lists = {name: value if isinstance(value, list) else [value] for name, value in fields.items()}
    return {name: [digest(array) for array in value] for name, value in lists.items() if value}
def of_shards(item):
    position, text, record = (item.pop(name) for name in ("position", "text", "record"))
    if isinstance(position, list): position, text = position[0], "".join(text)
    return [position, text, record, digests(item)]
def of_webdataset(fields):
    about = [fields.pop(name) for name in ("index", "txt", "json")]
    arrays = {}
    for field, array in fields.items(): arrays.setdefault(field.split(".")[0], []).append(array)
    return [*about, digests(arrays)]
def of_mds(row): return [*(row.pop(name) for name in ("position", "text", "record")), digests(row)]
def files_of(folder):
    for entry in json.load(open(f"{folder}/index.json"))["shards"]:
        path, raw = f"{folder}/{entry['raw_data']['basename']}", entry["raw_data"]
        data = open(path, "rb").read()
        assert len(data) == raw["bytes"] and hashlib.sha256(data).hexdigest() == raw["hashes"]["sha256"]
        rows = list(mds(path, entry))
        assert len(rows) == entry["samples"]
        yield from rows
folder, shards, packs = sys.argv[1:]
tars = sorted(name for name in os.listdir(f"{folder}/webdataset") if name.endswith(".tar"))
members = [row for tar in tars for row in webdataset(f"{folder}/webdataset/{tar}").values()]
print(json.dumps({
    "shards": [of_shards(item) for item in Shards(shards, packs=packs == "packs")],
    "webdataset": [of_webdataset(row) for row in members],
    "mds": [of_mds(row) for row in files_of(f"{folder}/mds")],
}))
`;

/** A row as the program prints it. */
type Row = [position: number, text: string, record: unknown, tensors: Record<string, unknown[]>];

/** Exports a set in all formats, and returns its rows as each of them has them. */
async function exported(folder: string, shards: string, packs = ""): Promise<Record<string, Row[]>> {
  for (const to of FORMATS) {
    const { status, err } = await vitrail("export", shards, "--to", to, "--out", join(folder, to));
    assertEquals(status, 0, err);
  }
  const parquet: Row[] = [];
  for (const name of [...(await filesIn(join(folder, "parquet"))).keys()].sort()) {
    if (!name.endsWith(".parquet")) continue;
    const { buffer } = await Deno.readFile(join(folder, "parquet", name));
    const compressors = { ZSTD: (page: Uint8Array) => new Uint8Array(zstdDecompressSync(page)) };
    for (const row of await parquetReadObjects({ file: buffer, utf8: false, compressors })) {
      parquet.push(parquetItem(row));
    }
  }
  return { ...JSON.parse(await python(PROGRAM, folder, shards, packs)), parquet };
}

/** The types of the columns of numbers. */
const LISTS: Readonly<Record<string, [string, (values: never[]) => ArrayBufferView]>> = {
  bigint: ["<i8", (values: bigint[]) => BigInt64Array.from(values)],
  number: ["<i4", (values: number[]) => Int32Array.from(values)],
  boolean: ["|b1", (values: boolean[]) => Uint8Array.from(values, Number)],
};

/** Returns a row of parquet as the program would print it. */
function parquetItem({ position, text, record, ...columns }: Record<string, unknown>): Row {
  const tensors = Object.entries(columns).flatMap(([name, value]): [string, unknown[]][] => {
    const list = value instanceof Uint8Array ? [value] : value as unknown[] | null;
    if (!list || list.length === 0) return [];
    if (list[0] instanceof Uint8Array) return [[name, list.map((file) => npyDigest(file as Uint8Array))]];
    const shape = Array.isArray(list[0]) ? [list.length, list[0].length] : [list.length];
    const values = list.flat() as never[], [dtype, arrayOf] = LISTS[typeof values[0]];
    return [[name, [[dtype, shape, sha256Of(arrayOf(values))]]]];
  });
  return [Number(position), text as string, JSON.parse(record as string), Object.fromEntries(tensors)];
}

/** Returns the type, the shape and the checksum of a `.npy` file. */
function npyDigest(file: Uint8Array): unknown[] {
  const end = 10 + new DataView(file.buffer, file.byteOffset).getUint16(8, true);
  const head = new TextDecoder().decode(file.subarray(10, end));
  const [, dtype, sizes] = /'descr': '(.*?)'.*'shape': \((.*?)\)/.exec(head)!;
  return [
    dtype,
    sizes.split(",").filter((size) => size.trim() !== "").map(Number),
    sha256Of(file.subarray(end)),
  ];
}

function sha256Of({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return createHash("sha256").update(bytes).digest("hex");
}

/** Writes a set of tokens with samples of two pictures, of one and of none, and returns the command. */
async function tokensCommand(folder: string, mark = "<ImageHere>"): Promise<string[]> {
  const tokenizer = join(folder, "tokenizer.json");
  await Deno.writeTextFile(tokenizer, JSON.stringify(tokenizerJson()));
  await writePicture(folder, "a.png", { kind: "noise", w: 31, h: 40, seed: 1 });
  await writePicture(folder, "b.png", { kind: "mix", w: 50, h: 20 });
  const data = await writeSamples(folder, "data.json", [
    { id: 1, conversations: turns(`${mark} ${mark}?`, "Où ?"), image: ["a.png", "b.png"] },
    { id: 2, conversations: turns("Words", "alone") },
    { id: 3, conversations: turns(`${mark}?`, "again"), image: "b.png" },
  ]);
  return ["sft", data, "--image-root", folder, "--tokenizer", tokenizer, ...SMALL];
}

await withPython(
  "exportSet gives every sample of tokens as the shards have it",
  () =>
    inFolder(async (folder) => {
      const shards = join(folder, "shards"), size = ["--shard-size", "2samples"];
      assertEquals((await vitrail(...await tokensCommand(folder), ...size, "--out", shards)).status, 0);
      const { shards: expected, ...found } = await exported(folder, shards);
      assertEquals(expected.map(([position, , , tensors]) => [position, "pixel_values" in tensors]), [
        [0, true],
        [1, false],
        [2, true],
      ]);
      for (const format of FORMATS) assertEquals(found[format], expected, format);
    }),
);

await withPython(
  "exportSet gives packs of samples as the shards have them",
  () =>
    inFolder(async (folder) => {
      const shards = join(folder, "shards"), pack = ["--pack", "100"];
      const { status, err } = await vitrail(...await tokensCommand(folder), ...pack, "--out", shards);
      assertEquals(status, 0, err);
      const { shards: expected, ...found } = await exported(folder, shards, "packs");
      assertEquals(expected.map(([, , record]) => (record as unknown[]).length).sort(), [1, 2]);
      for (const format of FORMATS) assertEquals(found[format], expected, format);
    }),
);

await withPython(
  "exportSet gives masks of tiles that tokens see, of samples and of packs",
  () =>
    inFolder(async (folder) => {
      const model = join(folder, "model"), size = { height: 56, width: 56 };
      const template = "{% for m in messages %}{% if m.content is string %}{{ m.content }}{% else %}" +
        '{% for part in m.content %}{% if part.type == "text" %}{{ part.text }}{% else %}' +
        "<|image|>{% endif %}{% endfor %}{% endif %}</s>{% endfor %}";
      const files = {
        "preprocessor_config.json": {
          image_processor_type: "MllamaImageProcessor",
          size,
          max_image_tiles: 4,
        },
        "config.json": { model_type: "mllama" },
        "tokenizer.json": tokenizerJson(["<|image|>"]),
        "tokenizer_config.json": { chat_template: template, tokenizer_class: "PreTrainedTokenizerFast" },
      };
      await Deno.mkdir(model);
      for (const [name, value] of Object.entries(files)) {
        await Deno.writeTextFile(join(model, name), JSON.stringify(value));
      }
      const [command, data] = await tokensCommand(folder, "<image>");
      for (const packed of [[], ["--pack", "100"]]) {
        const own = join(folder, `own${packed.length}`), shards = join(own, "shards");
        const flags = ["--image-root", folder, "--recipe", model, "--executor", "simd", ...packed];
        const { status, err } = await vitrail(command, data, ...flags, "--out", shards);
        assertEquals(status, 0, err);
        const { shards: expected, ...found } = await exported(own, shards, packed.length > 0 ? "packs" : "");
        const masks = expected.map(([, , , { cross_attention_mask: mask }]) => mask?.length ?? 0);
        assertEquals(masks, packed.length > 0 ? [1] : [1, 0, 1]);
        for (const format of FORMATS) assertEquals(found[format], expected, format);
      }
    }),
);

await withPython(
  "exportSet gives lists of tensors as the shards have them",
  () =>
    inFolder(async (folder) => {
      await using engine = await Engine.open({ executor: "simd" });
      const config = { image_processor_type: "CHMv2ImageProcessor", do_resize: false, do_pad: false };
      const [wide, tall] = [{ kind: "noise", w: 7, h: 3, seed: 1 }, { kind: "mix", w: 4, h: 9 }] as const;
      const { folder: shards } = await madeSet(engine, folder, { pictures: recipeFromConfig(config) }, [
        { pictures: [wide, tall] },
        { pictures: [tall] },
      ]);
      const { shards: expected, ...found } = await exported(folder, shards);
      assertEquals(expected.map(([, , , { pixel_values }]) => pixel_values.length), [2, 1]);
      for (const format of FORMATS) assertEquals(found[format], expected, format);
    }),
);

Deno.test("exportSet goes on where it ended, to the same bytes", () =>
  inFolder(async (folder) => {
    const shards = join(folder, "shards"), size = ["--shard-size", "1samples"];
    assertEquals((await vitrail(...await tokensCommand(folder), ...size, "--out", shards)).status, 0);
    for (const to of FORMATS) {
      const out = join(folder, to), command = ["export", shards, "--to", to, "--out", out, "--json"];
      const first = JSON.parse((await vitrail(...command)).out), files = await filesIn(out);
      assertEquals([first.items, first.kept, first.files.length], [3, 0, 3]);
      const [gone, changed] = first.files.map(({ file }: { file: string }) => join(out, file));
      await Deno.remove(gone);
      await Deno.writeFile(changed, files.get(first.files[1].file)!.with(-1, 7));
      const second = JSON.parse((await vitrail(...command)).out);
      assertEquals(second, { ...first, kept: 1 });
      assertSameFiles(await filesIn(out), files);
    }
  }));

Deno.test("vitrail export says what is wrong with a set, or with the folder for its files", () =>
  inFolder(async (folder) => {
    const command = await tokensCommand(folder),
      [shards, other] = ["shards", "other"].map((name) => join(folder, name));
    for (const out of [shards, other]) {
      const size = out === other ? ["--shard-size", "1samples"] : [];
      assertEquals((await vitrail(...command, ...size, "--out", out)).status, 0);
    }
    const out = join(folder, "out"), file = join(shards, "shard-00000.safetensors");
    const fails = async (text: string, ...args: string[]) => {
      const { status, err } = await vitrail("export", ...args);
      assert(status > 0);
      assertStringIncludes(err, text);
      assertEquals(err.split("\n").length, 1);
    };
    await fails("name one folder of shards, found none", "--to", "mds", "--out", out);
    await fails("--to is one of webdataset, parquet, mds, found none", shards, "--out", out);
    await fails("--out is missing: name a folder for the files", shards, "--to", "mds");
    await fails("cannot read the manifest", folder, "--to", "mds", "--out", out);
    await fails(`${shards} holds `, shards, "--to", "mds", "--out", shards);
    assertEquals((await vitrail("export", shards, "--to", "mds", "--out", out)).status, 0);
    await fails(`${out} holds an export as mds; give another --out`, shards, "--to", "parquet", "--out", out);
    await fails(`${out} holds an export of another set`, other, "--to", "mds", "--out", out);
    await Deno.truncate(file, 100);
    await fails("is not whole: shard-00000.safetensors has 100 bytes", shards, "--to", "mds", "--out", out);
  }));
