import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { VitrailError } from "../../../src/errors.ts";
import { RowSpool } from "../../../src/sft/set/row_spool.ts";
import { inFolder } from "../../support/vitrail.ts";

inFolder(
  "RowSpool gives rows back, and says whether it could not write or could not read",
  async (folder) => {
    const path = join(folder, "rows");
    const rows = Uint8Array.of(1, 2, 3), spool = await RowSpool.open(path);
    await spool.add(rows);
    const read = async () => (await Array.fromAsync(spool.pieces())).map((piece) => [...piece]);
    assertEquals(await read(), [[1, 2, 3]]);
    spool.file.close();
    for (const [step, words] of [[read, "read"], [() => spool.add(rows), "write"]] as const) {
      const error = await assertRejects<VitrailError>(step, VitrailError);
      assertEquals(error.code, "io");
      assertStringIncludes(error.message, `cannot ${words} ${path}`);
    }
  },
);
