/** One picture and batches through the whole engine, beside the reference executor: pixels in, f32 in CPU memory out. */
import { Engine } from "../src/engine.ts";
import { ixc24khd } from "../src/recipes/ixc.ts";
import { syntheticPicture } from "../tests/support/synthetic.ts";

const recipe = ixc24khd({ hdNum: 16 });
const sizes = [[1920, 1080], [640, 480], [1080, 1920], [1200, 800], [512, 512], [2000, 700], [800, 600], [
  1024,
  1536,
]];

function pictures(count: number) {
  return Array.from({ length: count }, (_, i) => {
    const [w, h] = sizes[i % sizes.length];
    return syntheticPicture({ kind: "noise", w, h, seed: i + 1 });
  });
}

for (const backend of ["webgpu", "reference"] as const) {
  const engine = await Engine.open({ backend });
  for (const count of backend === "webgpu" ? [1, 8, 64] : [1, 8]) {
    const batch = pictures(count);
    Deno.bench({
      name: `${backend}: ${count} ${count === 1 ? "picture" : "pictures"}, ixc2-4khd`,
      group: `${count}`,
      baseline: backend === "webgpu",
      n: count === 64 ? 3 : 7,
      warmup: 1,
      async fn() {
        await engine.run(recipe, batch);
      },
    });
  }
}
