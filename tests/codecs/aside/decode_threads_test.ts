import { assert, assertEquals, assertRejects } from "@std/assert";
import { DecodeThreads } from "../../../src/codecs/aside/decode_threads.ts";
import { decode } from "../../../src/codecs/decode.ts";
import { VitrailError } from "../../../src/errors.ts";
import { fixtureBytes } from "../../support/pictures/fixtures.ts";

/** Pictures of several formats. */
const NAMES = ["rgb-420.jpg", "rgba.png", "offset.gif", "rgb.bmp", "progressive.jpg"];

Deno.test("DecodeThreads decode as decode does, more pictures than there are threads", async () => {
  const threads = new DecodeThreads(2);
  try {
    await Promise.all(NAMES.map(async (name) => {
      const bytes = await fixtureBytes(name),
        length = bytes.length,
        options = { name, decoders: "portable" } as const;
      assertEquals(await threads.decode(bytes, options), await decode(bytes, options), name);
      assert(bytes.length === length, `${name} is no longer the caller's`);
    }));
  } finally {
    await threads.close();
  }
});

Deno.test("DecodeThreads reject what decode rejects, and go on", async () => {
  const threads = new DecodeThreads(1);
  try {
    const bytes = await fixtureBytes("rgb-420.jpg"),
      options = { name: "cut.jpg", decoders: "portable" } as const;
    const cut = bytes.subarray(0, bytes.length >> 1);
    const here = await assertRejects(() => decode(cut, options), VitrailError);
    const aside = await assertRejects(() => threads.decode(cut, options), VitrailError);
    assertEquals([aside.code, aside.message], [here.code, here.message]);
    assertEquals(await threads.decode(bytes, options), await decode(bytes, options));
  } finally {
    await threads.close();
  }
});

Deno.test("DecodeThreads end without work, and start again", async () => {
  const threads = new DecodeThreads(2, 10);
  try {
    const bytes = await fixtureBytes("rgb.bmp"), options = { name: "rgb.bmp" };
    for (let round = 0; round < 2; round++) {
      await Promise.all([threads.decode(bytes, options), threads.decode(bytes, options)]);
      assertEquals(threads.running, 2);
      await new Promise((resolve) => setTimeout(resolve, 100));
      assertEquals(threads.running, 0);
    }
  } finally {
    await threads.close();
  }
});
