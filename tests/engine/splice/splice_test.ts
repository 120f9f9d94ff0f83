import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Engine } from "../../../src/engine/engine.ts";
import type { SpliceInput } from "../../../src/engine/splice/splice_inputs.ts";
import { Tensor } from "../../../src/engine/results/tensor.ts";
import { ixc24khd, ixc25 } from "../../../src/recipes/tiled/ixc.ts";
import { vitrail } from "../../support/vitrail.ts";
import { onEngines } from "../../support/executors.ts";
import { type Features, goldenFeatures } from "../../support/features.ts";
import { synthetic } from "../../support/pictures/synthetic.ts";

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

onEngines("splice: pictures cut in two calls and joined are the pictures of one call", async (engine) => {
  await fc.assert(
    fc.asyncProperty(grids, fc.integer({ min: 1, max: 6 }), async (list, channels) => {
      const whole = goldenFeatures(336, channels, list);
      const cut = 1 + list[0][0] * list[0][1], rows = whole.features.shape[0];
      const first = await dataOf(engine, part(whole, list.slice(0, 1), 0, cut));
      const rest = await dataOf(engine, part(whole, list.slice(1), cut, rows));
      const joined = new Float32Array(first.length + rest.length);
      joined.set(first);
      joined.set(rest, first.length);
      assertSame(await dataOf(engine, whole), joined);
    }),
    { numRuns: 12 },
  );
});

onEngines("splice: f16 and bf16 are moved bit by bit, whatever the bits", async (engine) => {
  for (const channels of [1, 2, 3, 4, 6, 8]) {
    const { images, features, newline, separator } = goldenFeatures(336, channels, [[2, 3], [1, 1]]);
    const { shape } = features;
    const numbers = Float32Array.from(features.data, (_, i) => Math.imul(i, 40503) >>> 8 & 0xffff);
    const ends = [newline, separator].map((vector, v) => vector.map((_, k) => 7 * k + 1000 * v));
    const plain = await engine.splice(ixc24khd(), { shape, data: numbers }, images, {
      newline: ends[0],
      separator: ends[1],
    });
    const expected = Uint16Array.from(await plain.tokens.data() as Float32Array);
    const [data, ...bits] = [numbers, ...ends].map((values) => Uint16Array.from(values));
    const halves = bits.map((b) => new Float16Array(b.buffer));
    const made = [
      await engine.splice(ixc24khd(), data, images, { newline: bits[0], separator: halves[1] }),
      await engine.splice(ixc24khd(), new Float16Array(data.buffer), images, {
        newline: halves[0],
        separator: bits[1],
      }),
      await engine.splice(ixc24khd(), { shape, data, dtype: "bf16" }, images, {
        newline: bits[0],
        separator: bits[1],
      }),
    ];
    for (const [index, { tokens }] of made.entries()) {
      assertEquals(tokens.dtype, index === 2 ? "bf16" : "f16");
      assertSame(new Uint16Array((await tokens.bytes()).slice().buffer), expected);
    }
  }
});

onEngines("splice: an array, an array with its shape, and a tensor are the same features", async (engine) => {
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
    assertSame(await tokens.data() as Float32Array, expected);
  }
});

onEngines(
  "splice: a batch's images are spliced to the tokens that the batch and `plan` say",
  async (engine) => {
    const sizes = [[900, 500], [300, 800], [64, 64]];
    for (
      const [name, recipe, tile] of [["ixc2-4khd", ixc24khd({ hdNum: 6 }), 336], [
        "ixc25",
        ixc25({ hdNum: 6 }),
        560,
      ]] as const
    ) {
      const pictures = sizes.map(([width, height], i) => ({
        width,
        height,
        data: synthetic({ kind: "noise", w: width, h: height, seed: i + 1 }),
      }));
      const { images } = await engine.run(recipe, pictures);
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
  },
);

/** Compares every element, and says where the first difference is. */
function assertSame(made: ArrayLike<number>, expected: ArrayLike<number>): void {
  assertEquals(made.length, expected.length);
  let at = 0;
  while (at < made.length && Object.is(made[at], expected[at])) at++;
  assert(at === made.length, `element ${at} is ${made[at]}, not ${expected[at]}`);
}
