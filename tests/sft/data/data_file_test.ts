import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { join } from "node:path";
import { VitrailError } from "../../../src/errors.ts";
import { DataFile } from "../../../src/sft/data/data_file.ts";
import { jsonSlices } from "../../../src/sft/records/json_stream.ts";
import { inFolder } from "../../support/temporary_folder.ts";

/** Bytes in pieces of `length`. */
async function* pieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) {
    yield await Promise.resolve(bytes.subarray(at, at + length));
  }
}

Deno.test("jsonSlices finds any list of objects, and the same as lines (law)", async () => {
  const object = fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue(), { maxKeys: 4 });
  await fc.assert(fc.asyncProperty(
    fc.array(object, { maxLength: 5 }),
    fc.integer({ min: 1, max: 40 }),
    fc.boolean(),
    async (objects, length, indented) => {
      const list = JSON.stringify(objects, null, indented ? 2 : undefined);
      const lines = objects.map((value) => JSON.stringify(value)).join("\r\n");
      for (const text of [list, `\ufeff ${list}\n`, lines, `${lines}\n\n`]) {
        const bytes = new TextEncoder().encode(text), found: unknown[] = [];
        for await (const slice of jsonSlices(pieces(bytes, length), "a.json")) {
          const own = new TextDecoder().decode(bytes.subarray(slice.begin, slice.end));
          assertEquals(slice.text, own);
          const before = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, slice.begin))
            .split("\n");
          assertEquals([slice.line, slice.column], [before.length, [...before.at(-1)!].length + 1]);
          found.push(JSON.parse(slice.text));
        }
        assertEquals(found, JSON.parse(JSON.stringify(objects)));
      }
    },
  ));
});

/** Files that are not JSON, with words of their messages. */
const BROKEN: [string, string][] = [
  ['[{"id": 1},\n {"id": 2,, "a": 1}]', "line 2, column 11: property name expected"],
  ['[{"id": 1}\n {"id": 2}]', 'line 2, column 2: found "{", expected a comma or the list\'s end "]"'],
  ['[{"id": 1},\n]', 'line 2, column 1: found "]", expected a sample "{"'],
  ['[{"id": 1}\n', "the file ends, expected a comma"],
  ['[\n{"id": 1', "line 2, column 8: the file ends inside the sample that begins at line 2"],
  ['{"id": 1} {"id": 2}', 'line 1, column 11: found "{", expected a new line'],
  ['[{"id": "a\n"}]', "line 1, column 11: a text is not closed on its line"],
  ['[{"id": 1}] x', 'line 1, column 13: found "x", expected nothing after the list'],
  ["id,value", 'line 1, column 1: found "i", expected a list "["'],
  ["[,1]", 'line 1, column 2: found ",", expected a sample "{"'],
  ["[1}]", 'line 1, column 3: found "}", expected a comma'],
  ['[{"id": 1}, nul]', "line 1, column 13: invalid symbol"],
  ['["\\x"]', "line 1, column 2: invalid escape character"],
  ["[1", "the file ends inside the sample that begins at line 1"],
  ['{"id":\n1}\n[{"id": 2}]', 'line 3, column 1: found "[", expected a sample "{"'],
  ['[\n  {"é": tru}]', "line 2, column 9: invalid symbol"],
  ['[{"a": [1}]', "line 1, column 10: comma expected"],
  ['[{\n  "a":\n  01}]', "line 3, column 4: comma expected"],
  ['[{"a": "\\x"}]', "line 1, column 8: invalid escape character"],
];

/** Lines that are no samples, with words of their messages; they stand in line 2, between two that are. */
const BROKEN_LINES: [string, string][] = [
  ['{"id": "s", "image": ["a', ": a text is not closed on its line"],
  ['{"id": "s", "image": [', ": the line ends inside its sample"],
  ['{"id": "s" "image": 1}', "column 12: comma expected"],
  ['[{"id": 2}]', 'column 1: found "[", expected a sample "{"'],
  ['{"id": 2} x', 'column 11: found "x", expected a new line'],
  ['{"id": 2},', 'column 10: found ",", expected a new line'],
  ['{"id": 2}{"id": 3}', 'column 10: found "{", expected a new line'],
  ["…", "column 1: found the byte 0xe2, expected a sample"],
  [`{"a": ${"[".repeat(512)}`, "column 518: more than 512 objects and lists in each other"],
];

Deno.test("DataFile takes a broken line of JSON lines for a bad sample, and reads on", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.jsonl"), sample = (id: number) => JSON.stringify({ id, conversations: [] });
    for (const [line, message] of BROKEN_LINES) {
      for (const ending of [`\n${sample(3)}\n`, `\r\n${sample(3)}`]) {
        await Deno.writeTextFile(path, `${sample(1)}\n${line}${ending}`);
        using file = await DataFile.open(path, { format: "llava" });
        assertEquals(file.length, 3);
        const error = await assertRejects(() => file.read(1), VitrailError);
        assertEquals([error.code, error.message.includes("\n")], ["dataset", false]);
        assertEquals(error.message.startsWith(`${path} is not JSON at line 2, `), true, error.message);
        assertStringIncludes(error.message, message);
        await assertRejects(() => file.read(2), VitrailError, "(id 3, line 3): conversations is []");
      }
    }
    await Deno.writeFile(path, new TextEncoder().encode(`${sample(1)}\n{"?"}\n{"`));
    using file = await DataFile.open(path, { format: "llava" });
    assertEquals(file.length, 3);
    await assertRejects(() => file.read(1), VitrailError, "line 2, column 5: colon expected");
    await assertRejects(
      () => file.read(2),
      VitrailError,
      "line 3, column 2: the file ends inside the sample",
    );
  }));

Deno.test("DataFile takes elements of a list that are no objects for bad samples, and reads on", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.json"), others = ["null", "-1.5e3", '"a \\" b]"', "[1, [{}]]", "[]", '""'];
    for (const space of ["", " ", "\r\n"]) {
      const items = [...others, '{"id": 7}', "true"];
      await Deno.writeTextFile(path, `[${space}${items.join(`${space},${space}`)}${space}]`);
      using file = await DataFile.open(path, { format: "llava" });
      assertEquals(file.length, 8);
      for (const [index, other] of items.entries()) {
        const { code, message } = await assertRejects(() => file.read(index), VitrailError);
        assertEquals(code, "dataset");
        if (other.startsWith("{")) assertStringIncludes(message, "(id 7, line ");
        else assertMatch(message, /has .+ at line \d+, column \d+, where a sample "\{" is expected$/);
        if (!other.startsWith("{")) assertStringIncludes(message, `has ${other} at `);
      }
    }
  }));

Deno.test("DataFile takes a first line that is broken for a bad sample, too, unless it begins a list", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.jsonl"), good = JSON.stringify({ id: 2, conversations: [] });
    const notUtf8 = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]);
    const broken = BROKEN_LINES.filter(([line]) => !line.startsWith("[")).map(([line, message]) => {
      return [new TextEncoder().encode(line), message] as const;
    });
    const cases = [
      ...broken,
      [new TextEncoder().encode('\ufeff{"id": tru}'), "is not JSON at line 1, column 9: invalid symbol"],
      [notUtf8, "is not UTF-8 in the sample that begins at line 1, column 1"],
    ] as const;
    for (const [first, message] of cases) {
      for (const rest of [`\n${good}\n`, `\r\n${good}`]) {
        await Deno.writeFile(path, new Uint8Array([...first, ...new TextEncoder().encode(rest)]));
        using file = await DataFile.open(path, { format: "llava" });
        assertEquals(file.length, 2, message);
        await assertRejects(() => file.read(0), VitrailError, message);
        await assertRejects(() => file.read(1), VitrailError, "(id 2, line 2): conversations is []");
      }
    }
  }));

Deno.test("DataFile reads no object over several lines as lines, and names what is wrong in it", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.json"),
      text = JSON.stringify({ id: 1, turns: [{ from: "human" }] }, null, 1);
    await Deno.writeTextFile(path, text.replace('"id": 1,', '"id": 1'));
    await assertRejects(() => DataFile.open(path), VitrailError, "at line 3, column 2: comma expected");
    const data = ['{"id": 1},', '{"id": 2}'], inner = ["{", '"data": [', ...data, "],", '"x": tru', "}"];
    await Deno.writeTextFile(path, inner.join("\n"));
    await assertRejects(() => DataFile.open(path), VitrailError, "at line 6, column 6: invalid symbol");
    await Deno.writeTextFile(path, `[\n{"id": 1,},\n{"id": 2}\n]`);
    await assertRejects(
      () => DataFile.open(path),
      VitrailError,
      "at line 2, column 10: property name expected",
    );
  }));

Deno.test("DataFile reports broken JSON with its line and column", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.json");
    for (const [text, message] of BROKEN) {
      await Deno.writeTextFile(path, text);
      const error = await assertRejects(() => DataFile.open(path), VitrailError, message);
      assertEquals(error.code, "dataset");
      assertEquals(error.message.startsWith(`${path} is not JSON at line `), true, error.message);
    }
    await Deno.writeFile(path, Uint8Array.of(0x5b, 0x0a, 0x7b, 0x22, 0xff, 0x22, 0x7d, 0x5d));
    await assertRejects(
      () => DataFile.open(path),
      VitrailError,
      "is not UTF-8 in the sample that begins at line 2",
    );
    await assertRejects(() => DataFile.open(join(folder, "none.json")), VitrailError, "it does not exist");
  }));

Deno.test("DataFile gives samples in any order, with or without pictures", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.json");
    const turns = [{ from: "human", value: "Ω?" }, { from: "bot", value: "一" }];
    const samples = [
      { id: 0, conversations: turns },
      { id: "b", conversations: turns, image: "p/q.jpg" },
      { conversations: turns, image: ["p.jpg", "q.png"], more: [1] },
      { id: 3, conversations: turns, image: null },
    ];
    await Deno.writeTextFile(path, JSON.stringify(samples, null, 1));
    using file = await DataFile.open(path);
    assertEquals(file.length, 4);
    const read = [];
    for (const index of [3, 0, 2, 1]) read.push(await file.read(index));
    assertEquals(read.map(({ sample }) => sample.images), [[], [], ["p.jpg", "q.png"], ["p/q.jpg"]]);
    assertEquals(read.map(({ sample }) => sample.id), [3, 0, undefined, "b"]);
    assertEquals(read[0].sample.conversations, turns);
    assertEquals(read[2].where, `sample 3 of ${path} (line 29)`);
    assertEquals(read[3].where, `sample 2 of ${path} (id "b", line 15)`);
    await Deno.writeTextFile(path, "[]");
    await assertRejects(() => file.read(3), VitrailError, "has changed");
  }));

Deno.test("DataFile names a field that is not as the format says, with its sample", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.json");
    const turn = { from: "human", value: "?" };
    const samples: [unknown, string][] = [
      [{ id: 1 }, "conversations is missing, expected a list of turns"],
      [{ conversations: [] }, "conversations is [], expected a list of at least one turn"],
      [{ conversations: "hi" }, 'conversations is "hi", expected a list of turns'],
      [{ conversations: [turn, "hi"] }, 'conversations[1] is "hi", expected a turn'],
      [{ conversations: [{ value: "?" }] }, "conversations[0].from is missing, expected a text"],
      [{ conversations: [{ from: "human" }] }, "conversations[0].value is missing, expected a text"],
      [{ conversations: [turn], image: 7 }, "image is 7, expected a picture: its path, a data: URI, bytes"],
      [{ conversations: [turn], image: ["a.jpg", ""] }, 'image[1] is "", expected a picture'],
      [{ id: [1], conversations: [turn] }, "id is [1], expected a text or a number"],
    ];
    await Deno.writeTextFile(path, samples.map(([sample]) => JSON.stringify(sample)).join("\n"));
    using file = await DataFile.open(path);
    for (const [index, [, message]] of samples.entries()) {
      const error = await assertRejects(() => file.read(index), VitrailError, message);
      assertEquals(error.code, "dataset");
      assertEquals(error.message.includes(`sample ${index + 1} of ${path}`), true, error.message);
    }
  }));
