import { assert } from "@std/assert";
import { join } from "node:path";
import { VitrailError } from "../../../src/errors.ts";
import { DataFile } from "../../../src/sft/data/data_file.ts";
import { sampleOf } from "../../../src/sft/data/sample.ts";
import { DATA_FORMATS } from "../../../src/sft/data_formats/data_formats.ts";
import { pythonJson } from "../../../src/sft/records/python_json.ts";
import { draws } from "../../support/fuzz/draws.ts";
import { hostileRecord } from "../../support/fuzz/hostile_records.ts";
import { inFolder } from "../../support/temporary_folder.ts";

Deno.test("readRecord gives a sample of a hostile record, or refuses it in one line, in each format", () =>
  inFolder(async (folder) => {
    const draw = draws(7), path = join(folder, "data.jsonl");
    const counts = { read: 0, refused: 0 };
    for (let round = 0; round < 200; round++) {
      const record = hostileRecord(draw), { name: format } = DATA_FORMATS[round % DATA_FORMATS.length];
      await Deno.writeTextFile(path, record);
      try {
        using file = await DataFile.open(path, round % 3 === 0 ? {} : { format });
        sampleOf(pythonJson((await file.read(0)).json), "a sample read back");
        counts.read++;
      } catch (error) {
        const line = error instanceof VitrailError && error.message.length < 1500 &&
          !error.message.includes("\n");
        assert(line, `${error instanceof Error ? error.stack : error}\n${record.slice(0, 2000)}`);
        counts.refused++;
      }
    }
    assert(Math.min(counts.read, counts.refused) > 10, JSON.stringify(counts));
  }));
