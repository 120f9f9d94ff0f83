/**
 * Times `Engine.resize` by Pillow's arithmetic and by torch's on a CPU: 1920×1080 to 1024×1024, RGB, bicubic
 * and bilinear, on the executor that needs no GPU.
 */
import { Engine } from "../src/engine/engine.ts";
import { synthetic } from "../tests/support/pictures/synthetic.ts";

const source = { width: 1920, height: 1080 };
const picture = { ...source, data: synthetic({ kind: "noise", w: source.width, h: source.height, seed: 1 }) };
const size = { width: 1024, height: 1024 };
const engine = await Engine.open({ executor: "simd" });

for (const filter of ["bicubic", "bilinear"] as const) {
  for (const resampler of ["pillow", "torch-cpu"] as const) {
    Deno.bench({
      name: `${resampler}, ${filter}`,
      group: filter,
      baseline: resampler === "pillow",
      n: 60,
      warmup: 10,
      async fn() {
        await engine.resize(picture, size, { filter, resampler });
      },
    });
  }
}
