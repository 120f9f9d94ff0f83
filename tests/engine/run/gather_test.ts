import { assertEquals } from "@std/assert";
import { gathered } from "../../../src/engine/run/gather.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";
import { runtime } from "../../../src/runtime/here.ts";
import { fixtureBytes } from "../../support/pictures/fixtures.ts";

Deno.test("gathered reads no more than it keeps, however many files it probes at once", async () => {
  const folder = await Deno.makeTempDir(), { readFile } = runtime;
  const jpeg = await fixtureBytes("rgb-420.jpg"), long = new Uint8Array(5 * 2 ** 20);
  long.set(jpeg);
  const paths = ["a.jpg", "b.jpg", "c.jpg"].map((name) => `${folder}/${name}`);
  let reads = 0;
  runtime.readFile = (path) => {
    reads++;
    return readFile(path);
  };
  try {
    for (const path of paths) await Deno.writeFile(path, long);
    const { sizes, close } = await gathered(customRecipe({ size: 8 }), paths, {});
    await close();
    assertEquals([sizes.length, reads], [3, 1]);
  } finally {
    runtime.readFile = readFile;
    await Deno.remove(folder, { recursive: true });
  }
});
