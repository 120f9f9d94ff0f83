import { assert, assertEquals } from "@std/assert";
import type { RawPixels } from "../../src/codecs/picture.ts";
import { chunksOf } from "../../src/engine/run/chunks.ts";
import type { CanvasView } from "../../src/plan/view.ts";
import { recipeFromConfig } from "../../src/recipes/config.ts";
import { planSample } from "../../src/recipes/plan_sample.ts";
import { runVerified } from "../support/compare/assert_verified.ts";
import { onEngines, onExecutors, referenceMade } from "../support/executors.ts";
import { synthetic } from "../support/pictures/synthetic.ts";

const config = { image_processor_type: "Pix2StructImageProcessor", max_patches: 24 };

/** Pictures that shrink by much, by little and not at all, and one that grows. */
const PICTURES: RawPixels[] = [
  noise(701, 283, 1),
  noise(150, 331, 2),
  noise(96, 64, 3),
  noise(5, 1, 4),
];

function noise(width: number, height: number, seed: number): RawPixels {
  return { width, height, data: synthetic({ kind: "noise", w: width, h: height, seed }) };
}

for (const backend of ["pil", "torchvision", "torchvision-cuda"] as const) {
  onEngines(`Engine.run standardises pictures as the reference does: ${backend}`, async (engine) => {
    const recipe = recipeFromConfig(config, { backend });
    const batch = await runVerified(engine, recipe, PICTURES, {}, backend); // every bit
    assertEquals(batch.outputs.flattened_patches.shape, [4, 24, 770]);
    const patches = await batch.outputs.flattened_patches.data() as Float32Array;
    for (const [picture, { grid: [rows, columns] }] of batch.images.entries()) {
      for (let patch = 0; patch < 24; patch++) {
        const at = (picture * 24 + patch) * 770, inside = patch < rows * columns;
        const place = inside ? [Math.floor(patch / columns) + 1, patch % columns + 1] : [0, 0];
        assertEquals([...patches.subarray(at, at + 2)], place, `patch ${patch} of picture ${picture}`);
      }
    }
  });
}

onExecutors(
  "planSample standardises a turned picture on every executor as on the reference",
  async (execute) => {
    const { data } = noise(150, 331, 5);
    const plan = planSample(recipeFromConfig(config), [{ width: 331, height: 150 }]);
    const pictures = [{ width: 150, height: 331, data: data as Uint8Array, orientation: 6 }];
    assertEquals(await execute(plan, pictures), referenceMade(plan, pictures));
  },
);

Deno.test("chunksOf counts a canvas that is standardised as one of floats", () => {
  const plan = planSample(recipeFromConfig(config), [{ width: 331, height: 150 }]);
  const memoryOf = (own: Partial<CanvasView>) => {
    const views = plan.views.map((view) => view.kind === "canvas" ? { ...view, ...own } : view);
    const limits = { binding: Infinity, buffer: Infinity, memory: Infinity };
    return chunksOf({ ...plan, views }, limits)[0].memory;
  };
  const { width, height } = plan.images[0].canvas, bytes = memoryOf({ standard: undefined });
  assertEquals(memoryOf({}), memoryOf({ standard: undefined, floats: true }));
  assert(memoryOf({}) >= bytes + 2 * width * height * 4); // three words a pixel, not one
});

for (const dtype of ["f16", "bf16"] as const) {
  onEngines(`Engine.run standardises pictures in ${dtype}`, async (engine) => {
    const batch = await runVerified(engine, recipeFromConfig(config), PICTURES, { dtype }, dtype);
    assertEquals(batch.outputs.flattened_patches.dtype, dtype);
  });
}

onEngines("Engine.run takes a picture's bytes for values without do_normalize", async (engine) => {
  const recipe = recipeFromConfig({ ...config, do_normalize: false });
  const batch = await runVerified(engine, recipe, [PICTURES[2]], {}, "bytes");
  const patches = await batch.outputs.flattened_patches.data() as Float32Array;
  assertEquals(batch.images[0].content, { width: 96, height: 64 }); // as it is
  const { data } = PICTURES[2], second = patches.subarray(770 + 2, 770 + 2 + 48); // its first line
  assertEquals([...second], [...(data as Uint8Array).subarray(48, 96)]);
});
