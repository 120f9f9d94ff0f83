import { assertEquals, assertRejects } from "@std/assert";
import { Engine } from "../../src/engine.ts";
import { VitrailError } from "../../src/errors.ts";
import { customRecipe } from "../../src/recipes/custom.ts";
import { ixc24khd, ixc25Video } from "../../src/recipes/ixc.ts";
import { onDevice } from "../support/backends.ts";
import { syntheticPicture } from "../support/synthetic.ts";

function picture(w: number, h: number) {
  return syntheticPicture({ kind: "noise", w, h, seed: w + h });
}

/** Has `device` claim smaller limits than it has. */
function claim(device: GPUDevice, smaller: Record<string, number>): void {
  const { limits } = device;
  const claimed = Object.create(limits, {
    ...Object.fromEntries(Object.entries(smaller).map(([name, value]) => [name, { value }])),
  });
  const own = new Proxy(claimed, {
    get: (_, name) => Object.hasOwn(smaller, name) ? smaller[name as string] : Reflect.get(limits, name),
  });
  Object.defineProperty(device, "limits", { configurable: true, get: () => own });
}

onDevice(
  "a canvas that others read is kept, and read, in bands that bindings and dispatches hold",
  async (device) => {
    claim(device, { maxStorageBufferBindingSize: 1_400_000, maxComputeWorkgroupsPerDimension: 90 });
    await using engine = await Engine.open({ device });
    const recipe = ixc24khd({ hdNum: 6 }), grids: string[] = []; // odd and even axes
    for (const [width, height] of [[640, 480], [300, 500], [900, 300]]) {
      const { verification, images } = await engine.run(recipe, [picture(width, height)], { verify: true });
      assertEquals(verification!.mismatches, 0, `${width}x${height}`);
      grids.push(images[0].grid.join("x"));
    }
    assertEquals(grids, ["2x2", "3x2", "1x3"]);
    delete (device as { limits?: unknown }).limits;
  },
);

onDevice(
  "a clip's sheet larger than a binding, and an output of more rows than a dispatch",
  async (device) => {
    await using engine = await Engine.open({ device });
    const frames = Array.from({ length: 30 }, (_, i) => picture(40 + i, 40 + i)); // 33 900 x 1160: 157 MB
    const clip = await engine.run(ixc25Video(), frames, { verify: true });
    assertEquals(clip.verification!.mismatches, 0);
    await using reference = await Engine.open({ backend: "reference" });
    const tall = { width: 8, height: 70_000 }, source = picture(9, 9);
    assertEquals(await engine.resize(source, tall), await reference.resize(source, tall));
  },
);

onDevice("a global view larger than a binding is a limit error", async (device) => {
  claim(device, { maxStorageBufferBindingSize: 100_000 });
  await using engine = await Engine.open({ device });
  const recipe = customRecipe({ size: 100, tile: 100, globalView: true });
  const error = await assertRejects(() => engine.run(recipe, [picture(9, 9)]), VitrailError, "global view");
  assertEquals(error.code, "limit");
  delete (device as { limits?: unknown }).limits;
});
