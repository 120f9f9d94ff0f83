/**
 * Times the whole engine on one picture and on batches of 8 and 64, on both executors. The pictures are of
 * mixed sizes. Decoded pixels go in, and f32 come out into CPU memory. `deno bench` prints times; a table
 * after it gives them as pictures and bytes a second.
 */
import { prepareGraphics } from "../src/cli/environment.ts";
import { tableText } from "../src/cli/output/table.ts";
import { Engine } from "../src/engine/engine.ts";
import { ixc24khd } from "../src/recipes/tiled/ixc.ts";
import { syntheticPicture } from "../tests/support/pictures/synthetic.ts";

const recipe = ixc24khd({ hdNum: 16 });
const sizes = [
  ...[[1920, 1080], [640, 480], [1080, 1920], [1200, 800]],
  ...[[512, 512], [2000, 700], [800, 600], [1024, 1536]],
];
const pictures = Array.from({ length: 64 }, (_, i) => {
  const [w, h] = sizes[i % sizes.length];
  return syntheticPicture({ kind: "noise", w, h, seed: i + 1 });
});

/** The pictures of each batch, and its rounds. The reference takes seconds for 64 pictures, on one thread. */
const BATCHES = [[1, 11], [8, 7], [64, 3]] as const;

/** The measurements of one bench. */
interface Measured {
  executor: string;
  /** The pictures of the batch. */
  count: number;
  /** Milliseconds of each round; the one that warms up is left out. */
  times: number[];
  /** Bytes of the pixels that go in and of the floats that come out. */
  bytes: number;
}

const measured: Measured[] = [];

prepareGraphics();
for (const executor of ["webgpu", "reference"] as const) {
  const engine = await Engine.open({ executor });
  for (const [count, n] of BATCHES) {
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
