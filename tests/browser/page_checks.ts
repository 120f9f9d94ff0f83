/**
 * Tests of a page's modules as they are served, minified: `deno task test:browser` runs them in Chromium.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { RawPixels } from "../../src/codecs/picture.ts";
import type { ExecutorName } from "../../src/engine/executor.ts";
import { report } from "../support/bundled/report.ts";
import { sha256 } from "../support/golden/golden.ts";
import { fixtureBytes, FIXTURES } from "../support/pictures/fixtures.ts";
import { synthetic } from "../support/pictures/synthetic.ts";

type Vitrail = typeof import("../../src/browser/vitrail_entry.ts");

/** Imports one of the modules of a page. */
async function pageModule(name: "engine" | "recipes" | "vitrail"): Promise<Vitrail> {
  return await import(new URL(`/out/${name}.js`, location.origin).href);
}

/** Reads a picture of the demo. */
async function pictureNamed(name: string): Promise<File> {
  const response = await fetch(`/tests/fixtures/pictures/${name}`);
  return new File([await response.arrayBuffer()], name);
}

/** Workers that the page has started, by the names of their modules. */
const workers: string[] = [];

globalThis.Worker = class extends Worker {
  constructor(url: string | URL, options?: WorkerOptions) {
    super(url, options);
    workers.push(new URL(url).pathname);
  }
};

/** The longest time, ms, that the page did not answer while something was done. */
async function longestSilence(during: Promise<unknown>): Promise<number> {
  let longest = 0, ended = false, last = performance.now();
  const stop = () => ended = true;
  during.then(stop, stop);
  const { port1, port2 } = new MessageChannel();
  while (!ended) {
    await new Promise((resolve) => {
      port1.onmessage = resolve;
      port2.postMessage(0);
    });
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }
  port1.close();
  return longest;
}

for (const executor of ["webgpu", "simd"] satisfies ExecutorName[]) {
  Deno.test(`recipes.js gives a first tensor, from a photograph's bytes (${executor})`, async () => {
    const file = await pictureNamed("window.jpg"), start = performance.now();
    const { Engine, ixc2, ixc25 } = await pageModule("recipes");
    const engine = await Engine.open({ executor });
    const batch = await engine.run(ixc25(), [file]), first = performance.now() - start;
    const again = performance.now(),
      running = engine.run(ixc25(), [file]),
      silent = await longestSilence(running);
    const took = performance.now() - again;
    assertEquals(await (await running).pixelValues.bytes(), await batch.pixelValues.bytes());
    await report({
      note:
        `${executor}: first tensor ${first.toFixed(0)} ms after the import, the next ${
          took.toFixed(0)
        } ms, ` +
        `in which the page was silent for ${silent.toFixed(0)} ms at most`,
    });
    const verified = await engine.run(ixc2({ size: 224 }), [file], { verify: true });
    assertEquals(verified.verification?.mismatches, 0);
    engine.close();
  });
}

Deno.test("recipes.js decodes in Workers, and computes there without a GPU", () => {
  for (const name of ["/out/decode_worker.js", "/out/lane_worker.js"]) {
    assert(workers.includes(name), `${name} is none of ${workers.join(", ")}`);
  }
});

Deno.test("recipes.js decodes every fixture to Pillow's bytes, or says that it cannot", async () => {
  const { Engine, VitrailError } = await pageModule("recipes"), refused: string[] = [];
  const engine = await Engine.open({ executor: "simd", lanes: 0 });
  // A TIFF is turned as Pillow turns it when it loads one, and its hash is of the pixels as stored.
  const plain = FIXTURES.filter(({ format, orientation }) => format !== "tiff" || orientation === 1);
  for (const { file, width, height, rgb } of plain) {
    const blob = new File([(await fixtureBytes(file)).slice()], file);
    try {
      const { data } = await engine.resize(blob, { width, height }, { filter: "nearest" });
      assertEquals(sha256(data), rgb, file);
    } catch (error) {
      assert(error instanceof VitrailError && error.code === "decode", `${file}: ${error}`);
      refused.push(file);
    }
  }
  const formats = new Set(refused.map((file) => file.slice(file.lastIndexOf("."))));
  const count = plain.length - refused.length;
  await report({
    note: `${count} of ${plain.length} pictures decoded to Pillow's bytes; refused: ${
      [...formats].map((format) => `${refused.filter((file) => file.endsWith(format)).length} ${format}`)
    }`,
  });
  assert(count >= 56, `${refused.length} are refused: ${refused.join(", ")}`);
  engine.close();
});

Deno.test("recipes.js takes ImageData, and frames and bitmaps by framePixels", async () => {
  const { Engine, framePixels, ixc2 } = await pageModule("recipes");
  const size = { width: 75, height: 52 }, rgb = synthetic({ kind: "mix", w: 75, h: 52 });
  const data = new Uint8ClampedArray(75 * 52 * 4).fill(255);
  for (let i = 0, at = 0; i < rgb.length; i += 3, at += 4) data.set(rgb.subarray(i, i + 3), at);
  const platform = globalThis as unknown as {
    VideoFrame: new (data: BufferSource, options: unknown) => Parameters<typeof framePixels>[0];
  };
  const image = new ImageData(data, size.width, size.height);
  const options = { format: "RGBA", codedWidth: size.width, codedHeight: size.height, timestamp: 0 };
  const pictures = [
    { ...size, data: rgb },
    image as RawPixels,
    await framePixels(await createImageBitmap(image)),
    await framePixels(new platform.VideoFrame(data.slice(), options)),
  ];
  const engine = await Engine.open({ executor: "simd" });
  const made = await Promise.all(pictures.map(async (picture) => {
    return sha256(await (await engine.run(ixc2({ size: 28 }), [picture])).pixelValues.bytes());
  }));
  assertEquals(made, Array(4).fill(made[0]));
  engine.close();
});

Deno.test("recipes.js refuses a path, and names a damaged file", async () => {
  const { Engine, ixc2, VitrailError } = await pageModule("recipes");
  const engine = await Engine.open({ executor: "simd" });
  const path = await assertRejects(() => engine.run(ixc2(), ["a.png"]), VitrailError);
  assertEquals(path.message, "a.png is a path, and a page reads no files: give bytes, a Blob or a File");
  const whole = await (await pictureNamed("tower.jpg")).arrayBuffer();
  const cut = new File([whole.slice(0, whole.byteLength >> 1)], "cut.jpg");
  const damaged = await assertRejects(() => engine.run(ixc2(), [cut]), VitrailError);
  assertEquals([damaged.code, damaged.message.includes("cut.jpg")], ["decode", true]);
  engine.close();
});

Deno.test("recipes.js gives the same bytes with lanes and without", async () => {
  const { Engine, ixc2 } = await pageModule("recipes");
  const files = await Promise.all(["tower.jpg", "page.png", "tower.jpg"].map(pictureNamed));
  const made = await Promise.all([0, 2].map(async (lanes) => {
    const engine = await Engine.open({ executor: "simd", lanes }), hashes: string[] = [];
    for await (const batch of engine.stream(ixc2({ size: 224 }), files)) {
      hashes.push(sha256(await batch.pixelValues.bytes()));
    }
    engine.close();
    return hashes;
  }));
  assertEquals(made[1], made[0]);
  assertEquals(made[0][0], made[0][2]);
});

Deno.test("recipes.js fetches the code that a config needs, and gives the reference's bytes", async () => {
  const { Engine, loadRecipe, VitrailError } = await pageModule("recipes");
  const fetched = () =>
    performance.getEntriesByType("resource")
      .flatMap(({ name }) => /\/(\w+_recipes)-\w+\.js$/.exec(name)?.[1] ?? []);
  performance.clearResourceTimings(); // a page keeps the first 250
  const recipe = await loadRecipe({ image_processor_type: "Qwen2VLImageProcessor" }, { max_pixels: 56 * 56 });
  assertEquals(fetched(), ["patch_recipes"]);
  const picture = { width: 75, height: 52, data: synthetic({ kind: "mix", w: 75, h: 52 }) };
  const engine = await Engine.open({ executor: "simd" });
  const { outputs, verification } = await engine.run(recipe, [picture], { verify: true });
  assertEquals(verification?.mismatches, 0);
  const { recipeFromConfig } = await pageModule("vitrail");
  const { outputs: same } = await engine.run(recipeFromConfig(recipe.parameters), [picture]);
  assertEquals(Object.keys(outputs), Object.keys(same));
  for (const [name, tensor] of Object.entries(outputs)) {
    assertEquals(sha256(await tensor.bytes()), sha256(await same[name].bytes()), name);
  }
  const unknown = await assertRejects(() => loadRecipe({ image_processor_type: "Qwen2VL" }), VitrailError);
  assertEquals(unknown.code, "recipe");
  engine.close();
});

Deno.test("vitrail.js has all, and the very classes of engine.js", async () => {
  const [own, all] = [await pageModule("engine"), await pageModule("vitrail")];
  assert(own.Engine === all.Engine && own.VitrailError === all.VitrailError);
  const template = all.chatTemplate("{{ messages[0].content }}!");
  assertEquals(template.write([{ role: "user", content: "so" }], false), "so!");
});
