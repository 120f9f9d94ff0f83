import type { Engine } from "../../../src/engine/engine.ts";
import { Tensor } from "../../../src/engine/results/tensor.ts";
import type { SpliceArray, SpliceInput } from "../../../src/engine/splice/splice_inputs.ts";
import { ixc24khd, ixc25 } from "../../../src/recipes/tiled/ixc.ts";
import { assertSameBytes } from "../../support/compare/assert_same.ts";
import { onEngines } from "../../support/executors.ts";
import { type Features, goldenFeatures } from "../../support/features.ts";
import { synthetic } from "../../support/pictures/synthetic.ts";
import { vitrail } from "../../support/vitrail.ts";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";

type Grid = [number, number];

const grids = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })), {
  minLength: 2,
  maxLength: 4,
});

/** The rows `from` to `to` of features, with the grids of those pictures. */
function part({ features, newline, separator }: Features, list: Grid[], from: number, to: number): Features {
  const [, patches, channels] = features.shape;
  const data = features.data.subarray(from * patches * channels, to * patches * channels);
  return {
    images: list.map((grid) => ({ grid })),
    features: { shape: [to - from, patches, channels], data },
    newline,
    separator,
  };
}

async function dataOf(engine: Engine, { images, features, newline, separator }: Features) {
  const { tokens } = await engine.splice(ixc24khd(), features, images, { newline, separator });
  return await tokens.data() as Float32Array;
}

onEngines("Engine.splice gives of two calls, joined, what it gives of one", async (engine) => {
  await fc.assert(
    fc.asyncProperty(grids, fc.integer({ min: 1, max: 6 }), async (list, channels) => {
      const whole = goldenFeatures(336, channels, list);
      const cut = 1 + list[0][0] * list[0][1], rows = whole.features.shape[0];
      const first = await dataOf(engine, part(whole, list.slice(0, 1), 0, cut));
      const rest = await dataOf(engine, part(whole, list.slice(1), cut, rows));
      const joined = new Float32Array(first.length + rest.length);
      joined.set(first);
      joined.set(rest, first.length);
      assertSameBytes(await dataOf(engine, whole), joined);
    }),
    { numRuns: 12 },
  );
});

onEngines("Engine.splice moves f16 and bf16 bit by bit, whatever the bits", async (engine) => {
  for (const channels of [1, 2, 3, 4, 6, 8]) {
    const { images, features, newline, separator } = goldenFeatures(336, channels, [[2, 3], [1, 1]]);
    const { shape } = features;
    const numbers = Float32Array.from(features.data, (_, i) => Math.imul(i, 40503) >>> 8 & 0xffff);
    const ends = [newline, separator].map((vector, v) => vector.map((_, k) => 7 * k + 1000 * v));
    const vectors = { newline: ends[0], separator: ends[1] };
    const plain = await engine.splice(ixc24khd(), { shape, data: numbers }, images, vectors);
    const expected = Uint16Array.from(await plain.tokens.data() as Float32Array);
    const [data, ...bits] = [numbers, ...ends].map((values) => Uint16Array.from(values));
    const halves = bits.map((b) => new Float16Array(b.buffer));
    const given: [input: SpliceInput, newline: SpliceArray, separator: SpliceArray, dtype: string][] = [
      [data, bits[0], halves[1], "f16"],
      [new Float16Array(data.buffer), halves[0], bits[1], "f16"],
      [{ shape, data, dtype: "bf16" }, bits[0], bits[1], "bf16"],
    ];
    for (const [input, newline, separator, dtype] of given) {
      const { tokens } = await engine.splice(ixc24khd(), input, images, { newline, separator });
      assertEquals(tokens.dtype, dtype);
      assertSameBytes(new Uint16Array((await tokens.bytes()).slice().buffer), expected, tokens.dtype);
    }
  }
});

onEngines("Engine.splice takes an array, one with its shape, and a tensor alike", async (engine) => {
  const { images, features, newline, separator } = goldenFeatures(336, 3, [[1, 2], [2, 1]]);
  const bytes = new Uint8Array(features.data.buffer);
  const askew = new Uint8Array(bytes.length + 1);
  askew.set(bytes, 1);
  const inputs: SpliceInput[] = [
    features.data,
    features,
    new Tensor("features", "f32", features.shape, bytes),
    new Tensor("features", "f32", features.shape, askew.subarray(1)),
  ];
  const expected = await dataOf(engine, { images, features, newline, separator });
  for (const input of inputs) {
    const vector = { shape: [1, 1, 12], data: newline };
    const { tokens } = await engine.splice(ixc24khd(), input, images, { newline: vector, separator });
    assertEquals(tokens.shape, [1, 2 * 457 + 12, 12]);
    assertSameBytes(await tokens.data() as Float32Array, expected);
  }
});

onEngines("Engine.splice gives a batch's images the tokens that it planned", async (engine) => {
  const sizes = [[900, 500], [300, 800], [64, 64]];
  const cases = [
    ["ixc2-4khd", ixc24khd({ hdNum: 6 }), 336],
    ["ixc25", ixc25({ hdNum: 6 }), 560],
  ] as const;
  for (const [name, recipe, tile] of cases) {
    const pictures = sizes.map(([width, height], i) => ({
      width,
      height,
      data: synthetic({ kind: "noise", w: width, h: height, seed: i + 1 }),
    }));
    const { images } = await engine.run(recipe, pictures, { dtype: "u8" });
    const { features, newline, separator } = goldenFeatures(tile, 1, images.map(({ grid }) => grid));
    const { tokens, lengths } = await engine.splice(recipe, features, images, { newline, separator });
    assertEquals(lengths, images.map((image) => image.tokens));
    const asked = sizes.map(([w, h]) => `${w}x${h}`);
    const set = ["--recipe", name, "--set", "hdNum=6"];
    const plan = JSON.parse((await vitrail("plan", ...asked, ...set, "--json")).out);
    assertEquals(plan.images.map((image: { tokens: number }) => image.tokens), lengths);
    assertEquals(plan.tokens, tokens.shape[1]);
    const table = (await vitrail("plan", ...asked, ...set)).out;
    for (const length of lengths) assert(new RegExp(`\\b${length}$`, "m").test(table), table);
  }
});
