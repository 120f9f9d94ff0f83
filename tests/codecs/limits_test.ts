import { assert, assertEquals, assertRejects } from "@std/assert";
import { decode } from "../../src/codecs/decode.ts";
import { formatOf } from "../../src/codecs/headers/format.ts";
import { pictureEnd } from "../../src/codecs/headers/picture_end.ts";
import { loadPicture, probePicture } from "../../src/codecs/load.ts";
import { VitrailError } from "../../src/errors.ts";
import { assertSameBytes } from "../support/compare/assert_same.ts";
import { fixtureBytes, fixtureUrl } from "../support/pictures/fixtures.ts";

/** Far more bytes than a test may read; the file system stores none of them. */
const HUGE = 2 ** 36;

/** Calls `use` with a file that begins with `bytes` and is huge. */
async function withHugeFile(bytes: Uint8Array, use: (path: string) => Promise<void>) {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes);
    await Deno.truncate(path, HUGE);
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("probePicture and loadPicture read no further where a file begins as no picture does", async () => {
  await withHugeFile(new TextEncoder().encode("a diary"), async (path) => {
    for (const read of [probePicture, loadPicture]) {
      await assertRejects(() => read(path, 0), VitrailError, "its first bytes, 61 20 64 69");
    }
  });
});

Deno.test("probePicture reads the header of a picture that much follows, where it may", async () => {
  for (const file of ["turned-6.jpg", "turned-6.png", "turned-8.webp", "palette.gif"]) {
    await withHugeFile(await fixtureBytes(file), async (path) => {
      const { width, orientation } = await probePicture(path, 0, { maxBytes: HUGE });
      const whole = await probePicture(fixtureUrl(file), 0);
      assertEquals([width, orientation], [whole.width, whole.orientation], file);
      for (const read of [probePicture, loadPicture]) {
        const error = await assertRejects(() => read(path, 0), VitrailError);
        const limit = `${path} has ${HUGE} bytes; maxBytes (--max-bytes) allows ${2 ** 30}`;
        assertEquals([error.code, error.message], ["limit", limit]);
      }
    });
  }
});

Deno.test("loadPicture refuses files, bytes and Blobs of more than maxBytes", async () => {
  const url = fixtureUrl("rgb.png"), bytes = new Uint8Array(await fixtureBytes("rgb.png"));
  for (const picture of [url, bytes, bytes.buffer, new Blob([bytes])]) {
    await loadPicture(picture, 0, { maxBytes: bytes.length });
    for (const read of [loadPicture, probePicture]) {
      const error = await assertRejects(() => read(picture, 0, { maxBytes: bytes.length - 1 }), VitrailError);
      assertEquals(error.code, "limit");
    }
  }
});

Deno.test("pictureEnd finds where a picture ends, and what follows changes no pixel", async () => {
  for (const file of ["rgb-420.jpg", "progressive.jpg", "rgb.png", "lossless.webp", "animated.webp"]) {
    const bytes = await fixtureBytes(file), longer = new Uint8Array(bytes.length + 2 ** 20);
    longer.set(bytes);
    for (let at = bytes.length; at < longer.length; at++) longer[at] = at * 2654435761 >>> 13;
    assertEquals(pictureEnd(longer, formatOf(bytes)!), bytes.length, file);
    for (const decoders of ["sharp", "portable"] as const) {
      const whole = await decode(bytes, { name: file, decoders });
      assertSameBytes((await decode(longer, { name: file, decoders })).data, whole.data, { label: file });
    }
  }
  const gif = await fixtureBytes("palette.gif");
  assert(pictureEnd(gif, "gif") === gif.length);
});
