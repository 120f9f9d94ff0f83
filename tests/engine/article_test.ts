import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { VitrailError } from "../../src/errors.ts";
import { ixc24khd } from "../../src/recipes/tiled/ixc.ts";
import { CLIP_MEAN, CLIP_STD, torchvisionValues, valueTable } from "../../src/plan/tables/values.ts";
import { onEngines } from "../support/executors.ts";
import { golden, sha256 } from "../support/golden/golden.ts";
import { type Synthetic, synthetic } from "../support/pictures/synthetic.ts";

const { records } = golden<
  { records: { srcs: Synthetic[]; tile: number; out: { sha256: string; shape: number[] } }[] }
>(
  "article",
);

/** Pictures of one size, normalised and stacked: `[cnt, 3, h, w]`. */
function stacked(sources: Synthetic[]): { shape: number[]; data: Float32Array } {
  const { w, h } = sources[0];
  const table = valueTable(torchvisionValues(CLIP_MEAN, CLIP_STD));
  const data = new Float32Array(sources.length * 3 * w * h);
  for (const [n, source] of sources.entries()) {
    const bytes = synthetic(source);
    for (let i = 0; i < bytes.length; i++) {
      const channel = i % 3;
      data[(n * 3 + channel) * w * h + Math.floor(i / 3)] = table[channel * 256 + bytes[i]];
    }
  }
  return { shape: [sources.length, 3, h, w], data };
}

onEngines("the article's reshape and permute, for any count of pictures", async (engine) => {
  for (const { srcs, tile, out } of records) {
    const pattern = `n c (h ${tile}) (w ${tile}) -> (n h w) c ${tile} ${tile}`;
    const { shape, data } = await engine.rearrange(stacked(srcs), pattern);
    assertEquals(shape, out.shape);
    assertEquals(sha256(new Uint8Array((data as Float32Array).buffer)), out.sha256);
  }
});

onEngines("the article's failing case names both sides and the count that fits", async (engine) => {
  const tensor = { shape: [2, 3, 1680, 1008], data: new Float32Array(10160640) };
  const pattern = "n c (h p) (w q) -> (n h w) c p q";
  const error = await assertRejects(
    () => engine.rearrange(tensor, pattern, { n: 1, p: 336, q: 336 }),
    VitrailError,
  );
  assertEquals(error.code, "shape");
  for (const part of ["10160640", "[1, 3, 5, 336, 3, 336]", "2"]) assertStringIncludes(error.message, part);
});

onEngines("pictures of different sizes share one canvas with uniform, and stack", async (engine) => {
  const pictures = [[1680, 1008], [640, 480], [300, 900]].map(([width, height], seed) => ({
    width,
    height,
    data: synthetic({ kind: "noise", w: width, h: height, seed: seed + 1 }),
  }));
  for (const uniform of ["first", "largest", { width: 672, height: 336 }] as const) {
    for (const fit of ["contain", "stretch"] as const) {
      const recipe = ixc24khd({ uniform, fit, layout: "c h w -> 1 c h w" });
      const batch = await engine.run(recipe, pictures, { verify: true });
      const { width, height } = batch.images[0].canvas;
      assertEquals(batch.pixelValues.shape, [3, 3, height, width]);
      assertEquals(batch.outputs.global_values.shape, [3, 3, 336, 336]);
      assertEquals(batch.verification!.mismatches, 0);
    }
  }
});

onEngines("the first picture of a uniform sample is the picture it would be alone", async (engine) => {
  const picture = { width: 640, height: 500, data: synthetic({ kind: "mix", w: 640, h: 500 }) };
  const alone = await engine.run(ixc24khd(), [picture]);
  const first = await engine.run(ixc24khd({ uniform: "first" }), [picture]);
  assertEquals(sha256(await first.pixelValues.bytes()), sha256(await alone.pixelValues.bytes()));
});
