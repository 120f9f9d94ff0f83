/**
 * One picture and batches of 8 and 64 through the whole engine, beside the reference executor: decoded pixels in, f32 in CPU
 * memory out, of mixed sizes. Medians of runs after a warm-up, with the fastest and the slowest.
 */
import { prepareGraphics } from "../src/cli/graphics.ts";
import { tableText } from "../src/cli/table.ts";
import { Engine } from "../src/engine.ts";
import { ixc24khd } from "../src/recipes/ixc.ts";
import { syntheticPicture } from "../tests/support/synthetic.ts";

const recipe = ixc24khd({ hdNum: 16 });
const sizes = [[1920, 1080], [640, 480], [1080, 1920], [1200, 800], [512, 512], [2000, 700], [800, 600], [
  1024,
  1536,
]];
const pictures = Array.from({ length: 64 }, (_, i) => {
  const [w, h] = sizes[i % sizes.length];
  return syntheticPicture({ kind: "noise", w, h, seed: i + 1 });
});

/** Runs of each batch: the reference takes seconds for 64 pictures, on one thread. */
const RUNS = [[1, 11], [8, 7], [64, 3]] as const;

prepareGraphics();
const rows: string[][] = [];
for (const backend of ["webgpu", "reference"] as const) {
  await using engine = await Engine.open({ backend });
  console.log(`${backend}: ${engine.description}`);
  for (const [count, runs] of RUNS) {
    const times: number[] = [];
    let bytes = 0;
    for (let run = -1; run < runs; run++) {
      const start = performance.now();
      const batch = await engine.run(recipe, pictures.slice(0, count));
      if (run >= 0) times.push(performance.now() - start);
      bytes = (await batch.pixelValues.bytes()).length;
    }
    times.sort((a, b) => a - b);
    const median = times[times.length >> 1];
    bytes += pictures.slice(0, count).reduce((sum, { data }) => sum + data.length, 0);
    const cells = [median, times[0], times.at(-1)!, count / median * 1000].map((value) => value.toFixed(1));
    rows.push([backend, String(count), ...cells, (bytes / median / 1e6).toFixed(2)]);
  }
}
console.log(
  tableText(["ixc2-4khd", "pictures", "ms", "fastest", "slowest", "pictures/s", "GB/s in and out"], rows),
);
