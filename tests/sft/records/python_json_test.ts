import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "node:path";
import { VitrailError } from "../../../src/errors.ts";
import { DataFile } from "../../../src/sft/data/data_file.ts";
import { exactJson, isShallow, plainJson, pythonJson } from "../../../src/sft/records/python_json.ts";
import { inFolder } from "../../support/temporary_folder.ts";

const ID = "12345678901234567890";

Deno.test("pythonJson keeps long numbers, and takes numbers that Python writes and JSON has not got", () => {
  const text = `{"id": ${ID}, "near": 9007199254740991, "score": NaN, "a": [Infinity, -Infinity, 1.5e300], ` +
    `"text": "NaN, \\"Infinity\\" and ${ID}", "x": 0.12345678901234567}`;
  const value = pythonJson(text) as Record<string, unknown>;
  assertEquals(value, {
    id: BigInt(ID),
    near: 9007199254740991,
    score: NaN,
    a: [NaN, NaN, 1.5e300],
    text: `NaN, "Infinity" and ${ID}`,
    x: 0.12345678901234567,
  });
  assertEquals(JSON.parse(plainJson(text)).score, null);
  assertEquals(pythonJson(plainJson(text)), pythonJson(exactJson(value)));
  assertEquals(plainJson(`{"a": "NaN"}`), `{"a": "NaN"}`);
  for (const broken of ['{"a": nan}', '{"a": NaN', '{"a": --Infinity}', "{NaN: 1}", '{"a": NaN1}']) {
    assertThrows(() => pythonJson(broken), SyntaxError);
  }
});

Deno.test("pythonJson lets a data set be read whose fields nobody reads, and names those that are read", () =>
  inFolder(async (folder) => {
    const path = join(folder, "data.json"), turns = '[{"from": "human", "value": "?"}]';
    await Deno.writeTextFile(
      path,
      `[{"id": ${ID}, "score": NaN, "conversations": ${turns}},\n` +
        `{"id": NaN, "conversations": ${turns}}]`,
    );
    for (const format of ["xcomposer", "llava"]) {
      using file = await DataFile.open(path, { format });
      const { sample, json, where } = await file.read(0);
      assertEquals([sample.id, (pythonJson(json) as typeof sample).id], [BigInt(ID), BigInt(ID)]);
      assertEquals([json.includes(ID), json.includes("null"), where.includes(`(id ${ID}, line 1)`)], [
        true,
        true,
        true,
      ]);
      await assertRejects(() => file.read(1), VitrailError, "id is ");
    }
  }));

Deno.test("isShallow, pythonJson and plainJson take time in step with a text's length", () => {
  const texts = ['["]", [', '["\\\\", [', '["\\", ['];
  assertEquals(texts.map((text) => isShallow(text, 1)), [false, false, true]);
  const many = 100_000;
  for (const open of ["a", "\\n", "\\\\", '\\"', '\\"[', "NaN "].map((part) => `["${part.repeat(many)}`)) {
    assertEquals(isShallow(open, 1), true);
    assertThrows(() => pythonJson(open), SyntaxError);
    assertEquals(plainJson(open), open);
    const closed = `${open}", NaN]`;
    assertEquals(isShallow(closed, 1), true);
    assertEquals((pythonJson(closed) as unknown[])[1], NaN);
    assertEquals(plainJson(closed), `${open}", null]`);
  }
});
