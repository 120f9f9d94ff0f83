/**
 * One picture and batches of 8 and 64 through the whole engine, beside the reference executor: decoded pixels in, f32 in CPU
 * memory out, of mixed sizes. `deno bench` gives times; what they come to in pictures and bytes is a table after it.
 */
import { prepareGraphics } from "../src/cli/environment.ts";
import { tableText } from "../src/cli/output/table.ts";
import { Engine } from "../src/engine/engine.ts";
import { ixc24khd } from "../src/recipes/tiled/ixc.ts";
import { syntheticPicture } from "../tests/support/pictures/synthetic.ts";

const recipe = ixc24khd({ hdNum: 16 });
const sizes = [[1920, 1080], [640, 480], [1080, 1920], [1200, 800], [512, 512], [2000, 700], [800, 600], [
  1024,
  1536,
]];
const pictures = Array.from({ length: 64 }, (_, i) => {
  const [w, h] = sizes[i % sizes.length];
  return syntheticPicture({ kind: "noise", w, h, seed: i + 1 });
});

/** Pictures of a batch, and its runs: the reference takes seconds for 64, on one thread. */
const RUNS = [[1, 11], [8, 7], [64, 3]] as const;

/** What one bench measured: every run's milliseconds, warm-up left out, and the bytes of pixels in and floats out. */
interface Measured {
  executor: string;
  count: number;
  times: number[];
  bytes: number;
}

const measured: Measured[] = [];

prepareGraphics();
for (const executor of ["webgpu", "reference"] as const) {
  const engine = await Engine.open({ executor });
  for (const [count, n] of RUNS) {
    const batch = pictures.slice(0, count), own: Measured = { executor, count, times: [], bytes: 0 };
    measured.push(own);
    let warm = false;
    Deno.bench({
      name: `${executor}: ${count} ${count === 1 ? "picture" : "pictures"}, ixc2-4khd`,
      group: `${count}`,
      baseline: executor === "webgpu",
      n,
      warmup: 1,
      async fn(bench) {
        bench.start();
        const start = performance.now();
        const { pixelValues } = await engine.run(recipe, batch);
        if (warm) own.times.push(performance.now() - start);
        bench.end();
        warm = true;
        own.bytes = batch.reduce((sum, { data }) => sum + data.length, (await pixelValues.bytes()).length);
      },
    });
  }
}

addEventListener("unload", () => {
  const rows = measured.filter(({ times }) => times.length > 0).map(({ executor, count, times, bytes }) => {
    const ms = times.sort((a, b) => a - b)[times.length >> 1];
    const cells = [ms, times[0], times.at(-1)!, count / ms * 1000].map((value) => value.toFixed(1));
    return [executor, String(count), ...cells, (bytes / ms / 1e6).toFixed(2)];
  });
  const header = ["ixc2-4khd", "pictures", "ms", "fastest", "slowest", "pictures/s", "GB/s in and out"];
  if (rows.length > 0) console.log(tableText(header, rows));
});
