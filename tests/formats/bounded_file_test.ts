import { assertEquals, assertRejects } from "@std/assert";
import { VitrailError } from "../../src/errors.ts";
import { readBounded, readBoundedText } from "../../src/formats/bounded_file.ts";

Deno.test("readBounded reads a file whole, and refuses one byte more than it may have", async () => {
  const path = await Deno.makeTempFile(),
    bytes = Uint8Array.from({ length: 600_000 }, (_, at) => at * 7 >> 3);
  try {
    await Deno.writeFile(path, bytes);
    assertEquals(await readBounded(path, bytes.length), bytes);
    const error = await assertRejects(() => readBounded(path, bytes.length - 1), VitrailError);
    const limit = `${path} has more than the 599999 bytes that it may have`;
    assertEquals([error.code, error.message], ["limit", limit]);
    await Deno.writeTextFile(path, "Grüße");
    assertEquals(await readBoundedText(path), "Grüße");
    await Deno.writeFile(path, Uint8Array.of(71, 114, 252)); // in Latin-1
    const text = await assertRejects(() => readBoundedText(path), VitrailError);
    assertEquals([text.code, text.message], ["io", `${path} is no text: its bytes are not UTF-8`]);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test({
  name: "readBounded ends on a device that has no end",
  ignore: Deno.build.os === "windows",
  async fn() {
    await assertRejects(() => readBounded("/dev/zero", 2 ** 20), VitrailError, "more than the 1048576 bytes");
  },
});
