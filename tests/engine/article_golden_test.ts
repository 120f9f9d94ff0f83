import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Engine } from "../../src/engine/engine.ts";
import { VitrailError } from "../../src/errors.ts";
import { CLIP_MEAN, CLIP_STD, torchvisionValues, valueTable } from "../../src/plan/tables/values.ts";
import { onEngines } from "../support/executors.ts";
import { assertGolden, golden } from "../support/golden/golden.ts";
import { checkCalls, takenOf } from "../support/golden/golden_calls.ts";
import { type Synthetic, synthetic } from "../support/pictures/synthetic.ts";

/** Pictures of one size that the article's code reshapes and permutes to tiles. */
interface Call {
  srcs: Synthetic[];
  tile: number;
  out: { sha256: string; shape: number[] };
}

const { records } = golden<{ records: Call[] }>("article");

/** Returns pictures of one size, normalised and stacked: `[cnt, 3, h, w]`. */
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

onEngines("Engine.rearrange gives the article's tiles, for any count of pictures", async (engine) => {
  await using reference = await Engine.open({ executor: "reference" });
  const taken = takenOf(records, ({ srcs }) => srcs);
  await checkCalls(`article (${engine.executor})`, taken, async ({ srcs, tile, out }) => {
    const pattern = `n c (h ${tile}) (w ${tile}) -> (n h w) c ${tile} ${tile}`, tensor = stacked(srcs);
    const label = `article ${JSON.stringify(srcs)} ${pattern}`;
    const { shape, data } = await engine.rearrange(tensor, pattern);
    assertEquals(shape, out.shape, label);
    const bytesOf = ({ buffer }: Float32Array) => new Uint8Array(buffer);
    await assertGolden(
      bytesOf(data as Float32Array),
      out.sha256,
      { label, dtype: "f32", shape },
      async () => {
        return bytesOf((await reference.rearrange(tensor, pattern)).data as Float32Array);
      },
    );
  });
});

onEngines("Engine.rearrange names both sides where the article fails, and what fits", async (engine) => {
  const tensor = { shape: [2, 3, 1680, 1008], data: new Float32Array(10160640) };
  const pattern = "n c (h p) (w q) -> (n h w) c p q";
  const error = await assertRejects(
    () => engine.rearrange(tensor, pattern, { n: 1, p: 336, q: 336 }),
    VitrailError,
  );
  assertEquals(error.code, "shape");
  for (const part of ["10160640", "[1, 3, 5, 336, 3, 336]", "2"]) assertStringIncludes(error.message, part);
});
