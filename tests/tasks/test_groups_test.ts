import { testFiles, writeGroups } from "../../src/tasks/test_groups.ts";
import { assert, assertEquals } from "@std/assert";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

Deno.test("testFiles finds this house's tests, and writeGroups deals each to one group", async () => {
  const files = testFiles("tests");
  assert(files.includes("tests/tasks/test_groups_test.ts") && files.includes("tests/house_test.ts"));
  assert(files.every((file) => file.endsWith("_test.ts")), "a file of no tests is among them");
  const folder = await Deno.makeTempDir();
  try {
    const texts = writeGroups(files, folder).map((group) => Deno.readTextFileSync(group));
    const dealt = texts.flatMap((text) => [...text.matchAll(/^import "(.+)";$/gm)].map(([, url]) => url));
    assertEquals(dealt.sort(), files.map((file) => pathToFileURL(resolve(file)).href).sort());
    assertEquals(writeGroups(files.slice(0, 2), folder).length, 2);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
