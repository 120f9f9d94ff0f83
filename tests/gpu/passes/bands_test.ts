import { Engine } from "../../../src/engine/engine.ts";
import { VitrailError } from "../../../src/errors.ts";
import { sizeText } from "../../../src/plan/geometry.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";
import { ixc24khd, ixc25Video } from "../../../src/recipes/tiled/ixc.ts";
import { assertSameBytes } from "../../support/compare/assert_same.ts";
import { runVerified } from "../../support/compare/assert_verified.ts";
import { onDevice } from "../../support/executors.ts";
import { claimLimits } from "../../support/gpu/claim_limits.ts";
import { watchBindings } from "../../support/gpu/watch_bindings.ts";
import { syntheticPicture } from "../../support/pictures/synthetic.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";

function picture(w: number, h: number) {
  return syntheticPicture({ kind: "noise", w, h, seed: w + h });
}

const MOST = 1_400_000;

/**
 * Limits of bands, and the type that meets them: bytes, since windows of floats are narrower than the bands
 * of the canvas.
 */
const LIMITED = {
  "bindings": { dtype: "u8", limits: { maxStorageBufferBindingSize: MOST } },
  "bindings and dispatches": {
    dtype: "f32",
    limits: { maxStorageBufferBindingSize: MOST, maxComputeWorkgroupsPerDimension: 90 },
  },
} as const;

for (const [what, { dtype, limits }] of Object.entries(LIMITED)) {
  onDevice(`GpuExecutor keeps a canvas that others read in bands that ${what} hold`, async (device) => {
    const bound = watchBindings(device);
    const restore = claimLimits(device, limits);
    await using engine = await Engine.open({ device });
    const recipe = ixc24khd({ hdNum: 6 }), grids: string[] = []; // odd and even axes
    for (const [width, height] of [[640, 480], [300, 500], [900, 300]]) {
      const label = `${width}x${height}`;
      const { images } = await runVerified(engine, recipe, [picture(width, height)], { dtype }, label);
      grids.push(images[0].grid.join("x"));
    }
    assertEquals(grids, ["2x2", "3x2", "1x3"]);
    assertEquals(bound.filter((bytes) => bytes > MOST), []);
    assert(Math.max(...bound) > MOST / 2);
    restore();
  });
}

onDevice("GpuExecutor makes sheets larger than a binding", async (device) => {
  const most = 8 * 2 ** 20, bound = watchBindings(device);
  const restore = claimLimits(device, { maxStorageBufferBindingSize: most });
  await using engine = await Engine.open({ device });
  const frames = Array.from({ length: 6 }, (_, i) => picture(40 + i, 40 + i));
  const { images: [{ size }] } = await runVerified(engine, ixc25Video(), frames);
  assert(size.width * size.height * 4 > 2 * most, `the sheet is ${sizeText(size)}`);
  assertEquals(bound.filter((bytes) => bytes > most), []);
  restore();
});

onDevice("GpuExecutor makes an output of more rows than a dispatch has groups", async (device) => {
  await using engine = await Engine.open({ device });
  await using reference = await Engine.open({ executor: "reference" });
  const tall = { width: 8, height: 70_000 }, source = picture(9, 9);
  const [made, expected] = [await engine.resize(source, tall), await reference.resize(source, tall)];
  assertSameBytes(made.data, expected.data, { shape: [tall.height, tall.width, expected.channels] });
});

onDevice("GpuExecutor refuses a global view larger than a binding", async (device) => {
  const restore = claimLimits(device, { maxStorageBufferBindingSize: 100_000 });
  await using engine = await Engine.open({ device });
  const recipe = customRecipe({ size: 100, tile: 100, globalView: true });
  const error = await assertRejects(() => engine.run(recipe, [picture(9, 9)]), VitrailError, "global view");
  assertEquals(error.code, "limit");
  restore();
});
