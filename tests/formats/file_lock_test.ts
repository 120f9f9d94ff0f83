import { FileLock } from "../../src/formats/file_lock.ts";
import { VitrailError } from "../../src/errors.ts";
import { inFolder } from "../support/temporary_folder.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";

Deno.test("FileLock keeps others out until it is given back", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.lock");
    {
      await using lock = await FileLock.take(path);
      assert(lock);
      assertEquals(await FileLock.take(path), undefined);
    }
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
    await using again = await FileLock.take(path);
    assert(again);
    await assertRejects(() => FileLock.take(join(folder, "none/a.lock")), VitrailError, "cannot write");
  }));
