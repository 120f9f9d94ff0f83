import { assert, assertEquals, assertRejects } from "@std/assert";
import { DECODE_THREADS, DecodeThreads, hasAside } from "../../../src/codecs/aside/decode_threads.ts";
import { damageOf } from "../../../src/codecs/damage/damage.ts";
import { decode, type DecodeElsewhere } from "../../../src/codecs/decode.ts";
import { encodePng } from "../../../src/codecs/encode_png.ts";
import { loadPicture } from "../../../src/codecs/load.ts";
import { VitrailError } from "../../../src/errors.ts";
import { runtime } from "../../../src/runtime/here.ts";
import { bmpOf } from "../../support/pictures/bmp.ts";
import { fixtureBytes } from "../../support/pictures/fixtures.ts";
import { tiffOf } from "../../support/pictures/tiff.ts";

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

Deno.test("DecodeThreads find the damage that damageOf finds, and none in what is whole", async () => {
  const threads = new DecodeThreads(1);
  try {
    for (const [name, format] of [["rgba.png", "png"], ["progressive.jpg", "jpeg"]] as const) {
      const bytes = await fixtureBytes(name), cut = bytes.subarray(0, bytes.length - 40);
      assertEquals(await threads.damageOf(bytes, format), undefined);
      const damage = await threads.damageOf(cut, format);
      assert(damage !== undefined && damage === damageOf(cut, format), damage);
    }
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

/** A picture that takes a thread a while. */
const largeBmp = () =>
  bmpOf({ width: 2000, height: 1500, data: new Uint8Array(12e6), orientation: 1, own: false });

Deno.test("DecodeThreads end what is aborted, and let nobody wait for it", async () => {
  const threads = new DecodeThreads(1), ending = new AbortController(), { signal } = ending;
  const why = new RangeError("nobody looks"), large = largeBmp(), begun: string[] = [];
  try {
    const decoded = (name: string, own?: AbortSignal) =>
      threads.decode(large, { name }, { signal: own, onBegin: () => begun.push(name) });
    const errors = ["a.bmp", "b.bmp"].map((name) => assertRejects(() => decoded(name, signal), RangeError));
    const other = decoded("c.bmp");
    await new Promise((resolve) => setTimeout(resolve, 1));
    ending.abort(why);
    assertEquals(await Promise.all(errors), [why, why]);
    assertEquals((await other).width, 2000);
    assertEquals([begun, threads.running], [["a.bmp", "c.bmp"], 1]);
    await assertRejects(() => decoded("d.bmp", signal), RangeError, "nobody looks");
  } finally {
    await threads.close();
  }
});

Deno.test("DecodeThreads that cannot be started are not counted, and nobody waits for one", async () => {
  const threads = new DecodeThreads(1), { startThread } = runtime, ending = new AbortController();
  const broken = () => {
    throw new RangeError("no more threads");
  };
  const bytes = await fixtureBytes("rgb.bmp"), options = { name: "rgb.bmp" };
  try {
    const begun = Promise.withResolvers<void>(), watch = { signal: ending.signal, onBegin: begun.resolve };
    const aborted = threads.decode(largeBmp(), options, watch);
    const waiting = [1, 2].map(() => assertRejects(() => threads.decode(bytes, options), RangeError));
    await begun.promise;
    runtime.startThread = broken;
    ending.abort();
    await assertRejects(() => aborted, DOMException);
    await Promise.all(waiting);
    await assertRejects(() => threads.decode(bytes, options), RangeError, "no more threads");
    assertEquals(threads.running, 0);
    runtime.startThread = startThread;
    assertEquals((await threads.decode(bytes, options)).width, 41);
  } finally {
    runtime.startThread = startThread;
    await threads.close();
  }
});

/** Returns a PNG with a chunk of so many zeros, its checksum too, behind its header. */
function withChunk(png: Uint8Array, length: number): Uint8Array {
  const behind = 8 + 25, made = new Uint8Array(png.length + 12 + length);
  made.set(png.subarray(0, behind));
  new DataView(made.buffer).setUint32(behind, length);
  made.set(new TextEncoder().encode("zero"), behind + 4);
  made.set(png.subarray(behind), behind + 12 + length);
  return made;
}

Deno.test("decode leaves to others what would keep its thread for long", async () => {
  const asked: string[] = [];
  const elsewhere: DecodeElsewhere = {
    decode(_, { name }) {
      asked.push(name);
      return Promise.reject(new VitrailError("decode", "asked elsewhere"));
    },
    damageOf(_, format) {
      asked.push(`damage of a ${format}`);
      return Promise.resolve("its pixels are asked about elsewhere");
    },
  };
  const pictures = [
    { name: "small.bmp", decoders: "portable", size: [300, 200], aside: "nothing" },
    { name: "large.bmp", decoders: "portable", size: [800, 800], aside: "large.bmp" },
    { name: "large.png", decoders: "portable", size: [800, 800], aside: "large.png" },
    { name: "native.png", decoders: "auto", size: [800, 800], aside: "nothing" },
    { name: "native.tif", decoders: "sharp", size: [800, 800], aside: "native.tif" },
    { name: "long.png", decoders: "auto", size: [8, 8], aside: "damage of a png" },
  ] as const;
  for (const { name, decoders, size: [width, height] } of pictures) {
    const rgba = new Uint8Array(width * height * 4).fill(255);
    const bytes = name === "long.png"
      ? withChunk(await encodePng(width, height, rgba), 2 ** 25)
      : name.endsWith("png")
      ? await encodePng(width, height, rgba)
      : name.endsWith("tif")
      ? tiffOf(rgba.subarray(0, 3 * width * height), { 256: [width], 257: [height], 278: [height] })
      : bmpOf({ width, height, data: rgba, orientation: 1, own: false });
    await decode(bytes, { name, decoders }, elsewhere).catch((error) =>
      assert(/asked (about )?elsewhere/.test(error.message), error.message)
    );
  }
  assertEquals(asked, pictures.map(({ aside }) => aside).filter((aside) => aside !== "nothing"));
  const data = new Uint8Array(800 * 800 * 4),
    large = bmpOf({ width: 800, height: 800, data, orientation: 1, own: false });
  await DECODE_THREADS.close(); // those of tests before
  const { width, decoder } = await loadPicture(large, 0); // no decoder but our own
  assertEquals([width, decoder, await hasAside()], [800, "decode-bmp", true]);
  assertEquals(DECODE_THREADS.running, 1);
  await DECODE_THREADS.close();
});
