import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { join } from "node:path";
import { VitrailError } from "../../../src/errors.ts";
import { DataSetBytes } from "../../../src/sft/records/data_set_bytes.ts";
import { jsonSlices } from "../../../src/sft/records/json_stream.ts";
import { openRecords } from "../../../src/sft/records/open_records.ts";
import { ParquetRecords } from "../../../src/sft/records/parquet_records.ts";
import { writeParquet } from "../../support/sft/records/parquet_file.ts";
import { type Member, tarOf, writeTar } from "../../support/sft/records/tar_file.ts";
import { withPython } from "../../support/python.ts";
import { inFolder } from "../../support/temporary_folder.ts";

/** Reads all records of a file; an error of one stands in its place. */
async function readAll(path: string): Promise<unknown[]> {
  using records = await openRecords(path);
  const read: unknown[] = [];
  for (let index = 0; index < records.length; index++) {
    read.push(
      await records.read(index).catch((error) => {
        if (error instanceof VitrailError) return error;
        throw error;
      }),
    );
  }
  return read;
}

/** A file of some rows, with null rows, lists in lists and bytes among them. */
const ROWS = [
  { a: "x", n: 1n, pictures: [{ bytes: Uint8Array.of(1, 2, 3), path: "a.png" }], lists: [["y", null], []] },
  { a: null, n: null, pictures: null, lists: null },
  { a: "Ω".repeat(400), n: 3n, pictures: [], lists: [] },
];
const TYPES = {
  a: "text",
  n: "whole",
  pictures: [{ bytes: "bytes", path: "text" }],
  lists: [["text"]],
} as const;

Deno.test("openRecords reads rows of parquet, of any group and packing, in any order", () =>
  inFolder(async (folder) => {
    for (const codec of ["UNCOMPRESSED", "SNAPPY", "GZIP"] as const) {
      for (const rowGroupSize of [1, 2, 100]) {
        const path = await writeParquet(folder, "a.parquet", TYPES, ROWS, { codec, rowGroupSize });
        using records = await openRecords(path);
        assertEquals(records.length, 3);
        for (const index of [2, 0, 1, 0]) {
          const { value, place } = await records.read(index);
          assertEquals(place, `row ${index + 1}`);
          assertEquals(value.a ?? null, ROWS[index].a);
          assertEquals(value.n ?? null, ROWS[index].n);
          assertEquals(value.lists ?? null, ROWS[index].lists);
          assertEquals(value.pictures ?? null, ROWS[index].pictures);
        }
      }
    }
  }));

/** The members of a good archive. */
const MEMBERS: readonly Member[] = [
  ["d/0.json", '{"a": 1}'],
  ["d/0.left.jpg", Uint8Array.of(1, 2, 3)],
  ["d/._0.json", "an AppleDouble"],
  ["d/1.png", new Uint8Array(700).fill(5)],
  ["d/1.json", '{"a": 2}'],
  [`d/${"long name ".repeat(20)}Ω.json`, '{"a": 3}'],
];

Deno.test("openRecords reads the samples of a tar, with the pictures beside them", () =>
  inFolder(async (folder) => {
    using records = await openRecords(await writeTar(folder, "a.tar", MEMBERS));
    assertEquals(records.length, 3);
    for (const index of [2, 0, 1]) {
      const { value, members, place } = await records.read(index);
      assertEquals(value, { a: index + 1 });
      assert(place.startsWith("member d/"));
      const names = [["d/0.left.jpg"], ["d/1.png"], []][index];
      assertEquals([...members!.keys()], names);
    }
    const { members } = await records.read(1);
    assertEquals(members!.get("d/1.png"), new Uint8Array(700).fill(5));
  }));

/** Writes three archives of one content in Python's formats. */
const PYTHON = `
import io, sys, tarfile
for kind in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
    with tarfile.open(f"{sys.argv[1]}/{kind}.tar", "w", format=kind) as tar:
        folder = tarfile.TarInfo("d" * 90)
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
        for index in range(3):
            name = "e" * (50 if kind == tarfile.USTAR_FORMAT else 150) + str(index)
            for end, data in ((".jpg", b"picture %d" % index), (".json", b'{"id": %d}' % index)):
                member = tarfile.TarInfo("d" * 90 + "/" + name + end)
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
`;

await withPython(
  "openRecords reads what Python's tarfile writes, in its three formats",
  () =>
    inFolder(async (folder) => {
      const { success, stderr } = await new Deno.Command("/usr/bin/python3", { args: ["-c", PYTHON, folder] })
        .output();
      assert(success, new TextDecoder().decode(stderr));
      for (const kind of [0, 1, 2]) {
        const read = await readAll(join(folder, `${kind}.tar`)) as {
          value: unknown;
          members: Map<string, Uint8Array>;
        }[];
        assertEquals(read.map(({ value }) => value), [{ id: 0 }, { id: 1 }, { id: 2 }]);
        const texts = read.map(({ members }) =>
          [...members.values()].map((own) => new TextDecoder().decode(own))
        );
        assertEquals(texts, [["picture 0"], ["picture 1"], ["picture 2"]]);
      }
    }),
);

/** Asserts that a file is refused by a `dataset` error of one line that holds some words. */
async function refused(path: string, words: string): Promise<void> {
  const error = await assertRejects(() => openRecords(path), VitrailError);
  assertEquals([error.code, error.message.includes("\n")], ["dataset", false], error.message);
  assert(error.message.includes(words) && error.message.includes(path), error.message);
}

Deno.test("openRecords refuses files that are something else, with what to do", () =>
  inFolder(async (folder) => {
    const write = async (name: string, content: string | Uint8Array) => {
      const path = join(folder, name);
      await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
      return path;
    };
    await refused(await write("a.tar.gz", Uint8Array.of(0x1f, 0x8b, 8)), "is compressed by gzip; unpack it");
    await refused(await write("a", Uint8Array.of(0xff, 0xfe, 0x5b, 0)), "is UTF-16; write it as UTF-8");
    await refused(await write("a", "PK\x03\x04"), "is a zip archive; make it a tar");
    await refused(await write("a.arrow", "ARROW1\0\0"), "is an Arrow file; write it as parquet");
    await refused(await write("a.parquet", "PARE"), "is encrypted parquet");
    await refused(await write("a.parquet", ""), "is not parquet: it is empty");
    await refused(await write("a.parquet", '[{"a": 1}]'), 'is not parquet: it begins with "[{\\"a\\": 1"');
    await refused(await write("a.tar", "{}"), "is not tar: it begins with");
    await refused(await write("a.parquet", "PAR1"), "it has 4 bytes");
    await refused(
      await write("a.parquet", "PAR1PAR1PAR1PAR1"),
      "is not whole parquet: it is cut short or damaged",
    );
    await refused(
      await write("a.json", '[{"a": 1},\n{"a": 2'),
      "line 2, column 7: the file ends inside the sample",
    );
    await refused(
      await write("a.json", "\0".repeat(600)),
      "line 1, column 1: found the byte 0x0, expected",
    );
    await assertRejects(() => openRecords(folder), VitrailError, "it is a folder");
  }));

Deno.test("openRecords refuses archives with links, and names samples whose members do not fit", () =>
  inFolder(async (folder) => {
    await refused(
      await writeTar(folder, "a.tar", [["0.json", "{}"], ["0.png", { link: "/etc/passwd" }]]),
      '"0.png" is a symlink; only files are read',
    );
    const cases: [readonly Member[], string][] = [
      [[["0.png", "a"]], "has no .json members, one is expected; it has 0.png"],
      [[["0.json", "{}"], ["0.a.json", "{}"]], "has 2 .json members"],
      [[["0.json", "{}"], ["0.json", "{}"]], "has two members 0.json"],
      [[["0.json", "{"]], "the member 0.json is not JSON"],
      [[["0.json", "[]"]], "the member 0.json holds no object"],
      [[["0.json", `{"a": ${"[".repeat(512)}`]], "the member 0.json has more than 512 objects and lists"],
      [[["0.json", Uint8Array.of(0xff)]], "the member 0.json is not UTF-8"],
      [[["0.json", "{}"], ["0.mp4", "a"]], "has the member 0.mp4, which no format reads"],
    ];
    for (const [members, words] of cases) {
      const path = await writeTar(folder, "a.tar", members);
      const [error] = await readAll(path) as VitrailError[];
      assertEquals(error.code, "dataset");
      assert(error.message.startsWith(`sample 1 of ${path}`) && error.message.includes(words), error.message);
    }
  }));

Deno.test("openRecords says where a record, or a group of rows, is too large to be read at once", () =>
  inFolder(async (folder) => {
    const path = await writeParquet(folder, "a.parquet", TYPES, ROWS, { rowGroupSize: 2 });
    using records = await ParquetRecords.open(new DataSetBytes(path, await Deno.open(path)), 100);
    await assertRejects(
      () => records.read(2),
      VitrailError,
      "rows 3 to 3 are one group of",
    );
    // An archive whose one picture has more bytes than a record may have; the file has holes.
    const tar = join(folder, "a.tar");
    const archive = await tarOf([["0.json", "{}"], ["0.png", "a"]]);
    const header = archive.slice(1024, 1536), size = 300 * 2 ** 20;
    header.set(new TextEncoder().encode(size.toString(8).padStart(11, "0")), 124);
    header.fill(0x20, 148, 156);
    const sum = header.reduce((all, byte) => all + byte, 0);
    header.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
    archive.set(header, 1024);
    await Deno.writeFile(tar, archive.subarray(0, 1536));
    await refused(tar, "is no whole tar: after");
    await Deno.truncate(tar, 1536 + size + 1024);
    const [error] = await readAll(tar) as VitrailError[];
    assert(error.message.includes("bytes with its pictures, 268435456 is the most"), error.message);
    async function* pieces() {
      for (const text of ["[{}, \n", '{"a": "', "b".repeat(50), '"}]']) {
        yield await Promise.resolve(new TextEncoder().encode(text));
      }
    }
    await assertRejects(
      () => Array.fromAsync(jsonSlices(pieces(), "a.json", 40)),
      VitrailError,
      "a.json: the sample that begins at line 2 has more than 40 bytes",
    );
  }));

/** Fails unless a file, cut or changed, gives records or `dataset` errors, and nothing else. */
async function holdsItsWord(path: string, bytes: Uint8Array): Promise<unknown[] | VitrailError> {
  await Deno.writeFile(path, bytes);
  try {
    return await readAll(path);
  } catch (error) {
    assert(error instanceof VitrailError, String(error));
    assertEquals([error.code, error.message.includes("\n")], ["dataset", false], error.message);
    return error;
  }
}

for (const kind of ["parquet", "tar"] as const) {
  Deno.test(`openRecords refuses every ${kind} file that is cut short, in one line (law)`, () =>
    inFolder(async (folder) => {
      const path = kind === "tar"
        ? await writeTar(folder, "a.tar", MEMBERS)
        : await writeParquet(folder, "a.parquet", TYPES, ROWS, { rowGroupSize: 2 });
      const whole = await Deno.readFile(path);
      // Of a tar's two last blocks, one is enough.
      const end = kind === "tar" ? whole.length - 512 : whole.length;
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: end - 1 }), async (length) => {
          const found = await holdsItsWord(path, whole.subarray(0, length));
          assert(found instanceof VitrailError, `${length} of ${whole.length} bytes were read`);
        }),
        { numRuns: 150 },
      );
    }));

  Deno.test(`openRecords gives no raw error for a ${kind} file with a damaged byte (law)`, () =>
    inFolder(async (folder) => {
      const path = kind === "tar"
        ? await writeTar(folder, "a.tar", MEMBERS)
        : await writeParquet(folder, "a.parquet", TYPES, ROWS, { rowGroupSize: 2 });
      const whole = await Deno.readFile(path);
      await fc.assert(
        fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
          const bytes = whole.slice();
          bytes[at] ^= change;
          await holdsItsWord(path, bytes);
        }),
        { numRuns: 150 },
      );
    }));
}
