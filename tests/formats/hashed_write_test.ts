import { writeHashed } from "../../src/formats/hashed_write.ts";
import { sha256Of } from "../../src/formats/sha256.ts";
import { inFolder } from "../support/temporary_folder.ts";
import { assertEquals } from "@std/assert";
import { join } from "node:path";

Deno.test("writeHashed returns the length and the checksum of the file", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a"), pieces = [Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3)];
    const written = await writeHashed(path, pieces);
    assertEquals(written, { bytes: 3, sha256: await sha256Of(path) });
    assertEquals(await Deno.readFile(path), Uint8Array.of(1, 2, 3));
  }));
