import { Engine } from "../../../src/engine/engine.ts";
import { VitrailError } from "../../../src/errors.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";
import { ixc24khd, ixc25Video } from "../../../src/recipes/tiled/ixc.ts";
import { onDevice } from "../../support/executors.ts";
import { claimLimits } from "../../support/gpu/claim_limits.ts";
import { syntheticPicture } from "../../support/pictures/synthetic.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";

function picture(w: number, h: number) {
  return syntheticPicture({ kind: "noise", w, h, seed: w + h });
}

/** The bytes of every buffer that `device` binds from now on. */
function watchBindings(device: GPUDevice): number[] {
  const bound: number[] = [], createBindGroup = device.createBindGroup.bind(device);
  device.createBindGroup = (descriptor) => {
    for (const { resource } of descriptor.entries) {
      if ("buffer" in resource) bound.push(resource.size ?? resource.buffer.size);
    }
    return createBindGroup(descriptor);
  };
  return bound;
}

const MOST = 1_400_000;

// Bytes, since windows of floats are narrower than the bands of the canvas.
for (
  const [what, dtype, limits] of [
    ["bindings", "u8", { maxStorageBufferBindingSize: MOST }],
    ["bindings and dispatches", "f32", {
      maxStorageBufferBindingSize: MOST,
      maxComputeWorkgroupsPerDimension: 90,
    }],
  ] as const
) {
  onDevice(
    `GpuExecutor keeps, and reads, a canvas that others read in bands that ${what} hold`,
    async (device) => {
      const bound = watchBindings(device);
      claimLimits(device, limits);
      await using engine = await Engine.open({ device });
      const recipe = ixc24khd({ hdNum: 6 }), grids: string[] = []; // odd and even axes
      for (const [width, height] of [[640, 480], [300, 500], [900, 300]]) {
        const sample = [picture(width, height)];
        const { verification, images } = await engine.run(recipe, sample, { dtype, verify: true });
        assertEquals(verification!.mismatches, 0, `${width}x${height}`);
        grids.push(images[0].grid.join("x"));
      }
      assertEquals(grids, ["2x2", "3x2", "1x3"]);
      assertEquals(bound.filter((bytes) => bytes > MOST), []);
      assert(Math.max(...bound) > MOST / 2);
      delete (device as { limits?: unknown }).limits;
    },
  );
}

onDevice("GpuExecutor makes sheets larger than a binding, and very tall outputs", async (device) => {
  await using engine = await Engine.open({ device });
  const frames = Array.from({ length: 30 }, (_, i) => picture(40 + i, 40 + i)); // 33 900 x 1160: 157 MB
  const clip = await engine.run(ixc25Video(), frames, { verify: true });
  assertEquals(clip.verification!.mismatches, 0);
  await using reference = await Engine.open({ executor: "reference" });
  const tall = { width: 8, height: 70_000 }, source = picture(9, 9);
  assertEquals(await engine.resize(source, tall), await reference.resize(source, tall));
});

onDevice("GpuExecutor refuses a global view larger than a binding", async (device) => {
  claimLimits(device, { maxStorageBufferBindingSize: 100_000 });
  await using engine = await Engine.open({ device });
  const recipe = customRecipe({ size: 100, tile: 100, globalView: true });
  const error = await assertRejects(() => engine.run(recipe, [picture(9, 9)]), VitrailError, "global view");
  assertEquals(error.code, "limit");
  delete (device as { limits?: unknown }).limits;
});
