import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import type { RawPixels } from "../../src/codecs/picture.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { Batch } from "../../src/engine/results/batch.ts";
import { DECODES_AT_ONCE } from "../../src/engine/run/decode_gate.ts";
import { VitrailError } from "../../src/errors.ts";
import { customRecipe } from "../../src/recipes/tiled/custom.ts";
import { ixc24khd } from "../../src/recipes/tiled/ixc.ts";
import { assertSameTensor } from "../support/compare/assert_same.ts";
import { onDevice, onEngines, WITHOUT_GPU } from "../support/executors.ts";
import { synthetic } from "../support/pictures/synthetic.ts";
import { countMemory } from "../support/gpu/count_memory.ts";

const recipe = ixc24khd({ hdNum: 1 });

function picture(index: number): RawPixels {
  const width = 20 + index % 7, height = 12 + index % 5;
  return { width, height, data: synthetic({ kind: "noise", w: width, h: height, seed: index + 1 }) };
}

/** Pictures without end; `taken` counts how many were asked for, `closed` whether it was told to stop. */
class Source {
  taken = 0;
  closed = false;

  async *[Symbol.asyncIterator](): AsyncGenerator<RawPixels> {
    try {
      while (true) yield await Promise.resolve(picture(this.taken++));
    } finally {
      this.closed = true;
    }
  }
}

onEngines("Engine.stream may be left early: its source ends, and the engine goes on", async (engine) => {
  const source = new Source();
  let seen = 0;
  for await (const batch of engine.stream(recipe, source)) {
    assertEquals(batch.pixelValues.shape, [2, 3, 336, 336]);
    if (++seen === 4) break;
  }
  assert(source.closed);
  assert(source.taken <= seen + DECODES_AT_ONCE, `${source.taken} pictures taken for ${seen} batches`);
  await engine.run(recipe, [picture(0)]);
});

onEngines("Engine.stream ends at a picture that fails, after the batches before it", async (engine) => {
  const bad = { width: 3, height: 3, data: new Uint8Array(5) };
  const seen: Batch[] = [];
  const error = await assertRejects(async () => {
    for await (
      const batch of engine.stream(recipe, [picture(0), picture(1), bad, picture(3), picture(4)])
    ) {
      seen.push(batch);
    }
  }, VitrailError);
  const message = "call 3 of the stream: picture 1 is 3x3 and has 5 bytes: it needs 27 (RGB) or 36 (RGBA)";
  assertEquals([error.code, error.message], ["shape", message]);
  assertEquals(seen.length, 2);
  for (const [index, { pixelValues }] of seen.entries()) {
    const alone = await engine.run(recipe, [picture(index)]);
    await assertSameTensor(pixelValues, alone.pixelValues, `picture ${index}`);
  }
});

onEngines("Engine.stream ends with its source's error, after the batches before it", async (engine) => {
  async function* source() {
    yield await Promise.resolve(picture(0));
    yield picture(1);
    throw new RangeError("the source is dry");
  }
  let seen = 0;
  await assertRejects(
    async () => {
      for await (const _ of engine.stream(recipe, source())) seen++;
    },
    RangeError,
    "the source is dry",
  );
  assertEquals(seen, 2);
});

onEngines("Engine.stream takes samples of one picture and of several, and none at all", async (engine) => {
  const rows: number[] = [];
  const samples = [[picture(0), picture(1)], picture(2), [picture(3)]];
  for await (const batch of engine.stream(recipe, samples)) rows.push(batch.pixelValues.shape[0]);
  assertEquals(rows, [4, 2, 2]);
  for await (const _ of engine.stream(recipe, [])) throw new RangeError("no batch was asked for");
});

onEngines("Engine.stream refuses a path, and does not take it by its letters", async (engine) => {
  const error = await assertRejects(() => engine.stream(recipe, "a.jpg").next(), VitrailError);
  const message = 'stream takes a list of pictures, found the one "a.jpg"';
  assertEquals([error.code, error.message], ["usage", message]);
});

onDevice("Engine.stream takes no more GPU memory when it is long than when it is short", async (device) => {
  const bytes = countMemory(device);
  await using engine = await Engine.open({ device });
  const square = customRecipe({ size: 512, tile: 512 });
  let seen = 0, early = 0;
  for await (const batch of engine.stream(square, new Source(), { to: "device" })) {
    batch.dispose();
    if (++seen === 20) early = bytes();
    if (seen === 120) break;
  }
  assertEquals(bytes() - early, 0, "bytes of GPU memory");
  assert(early > 0 && early < 64 * 2 ** 20, `${early}`);
});

Deno.test({
  name: "Engine.stream lets its process grow no more when it is long than when it is short",
  ignore: WITHOUT_GPU,
  async fn() {
    const program = fileURLToPath(new URL("../support/long_stream.ts", import.meta.url));
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--allow-read", "--allow-env", "--allow-sys", program],
      stderr: "inherit",
    }).output();
    const { grown } = JSON.parse(new TextDecoder().decode(stdout));
    assert(grown < 150, `${grown} MiB in 100 batches of 3 MiB`);
  },
});

onDevice("Engine.run that fails between its chunks gives the rows of both back", async (device) => {
  const bytes = countMemory(device);
  await using engine = await Engine.open({ device, memory: 16 * 2 ** 20 }); // a chunk a picture
  const onProgress = () => {
    throw new RangeError("nobody looks");
  };
  const fails = async () => {
    const run = () => engine.run(recipe, [0, 1, 2, 3].map(picture), { onProgress });
    await assertRejects(run, RangeError);
  };
  for (let i = 0; i < 3; i++) await fails();
  const early = bytes();
  for (let i = 0; i < 3; i++) await fails();
  assertEquals(bytes() - early, 0, "bytes of GPU memory");
});

Deno.test("Engine.stream says of an error in which call it came to be", async () => {
  await using engine = await Engine.open({ executor: "reference" });
  const good = { width: 3, height: 2, data: new Uint8Array(18) }, bad = new Uint8Array(40);
  const stream = async () => {
    for await (const batch of engine.stream(customRecipe({ size: 8 }), [good, [good, bad]])) batch.dispose();
  };
  const error = await assertRejects(stream, VitrailError);
  assertEquals(error.code, "decode");
  assertStringIncludes(error.message, "call 2 of the stream: cannot read picture 2 as a picture");
});

Deno.test("Engine.stream tells an engine that was closed meanwhile from one that is closed", async () => {
  const engine = await Engine.open({ executor: "simd", lanes: 0 });
  const errorOf = (batches: AsyncIterable<Batch>, onBatch = () => {}) =>
    assertRejects(async () => {
      for await (const batch of batches) {
        batch.dispose();
        onBatch();
      }
    }, VitrailError);
  assertEquals((await errorOf(engine.stream(recipe, new Source()), () => engine.close())).code, "device");
  assertEquals((await errorOf(engine.stream(recipe, new Source()))).code, "usage");
});
