import { assert, assertEquals } from "@std/assert";
import { Engine } from "../../../src/engine/engine.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { runVerified } from "../../support/compare/assert_verified.ts";
import { onDevice, onFastEngines } from "../../support/executors.ts";
import { claimLimits } from "../../support/gpu/claim_limits.ts";
import { picture } from "../../support/gpu/one_canvas.ts";
import { watchBindings } from "../../support/gpu/watch_bindings.ts";

const nougat = recipeFromConfig({
  image_processor_type: "NougatImageProcessor",
  backend: "pil",
  do_crop_margin: false,
  do_resize: false,
  size: { height: 30, width: 44 },
});

/** Sizes of pages, and of the cells that are averaged of each. */
const PAGES = [
  { width: 500, height: 200, cell: { width: 5, height: 5 } }, // whole cells
  { width: 503, height: 211, cell: { width: 5, height: 5 } }, // cells cut off on both sides
  { width: 31, height: 601, cell: { width: 15, height: 10 } },
  { width: 170, height: 15, cell: { width: 1, height: 2 } },
];

onFastEngines("Engine.run averages cells as the reference does", async (engine) => {
  for (const { width, height, cell } of PAGES) {
    const page = picture(width, height), { views } = planSample(nougat, [page]);
    const cells = views.flatMap((view) => view.kind === "canvas" ? view.placements[0].cell ?? [] : []);
    assertEquals(cells, [cell], `${width}x${height}`);
    await runVerified(engine, nougat, [page], { dtype: "u8" }, `${width}x${height}`);
  }
});

onDevice("cellsJobs are bands that bindings hold", async (device) => {
  const most = 60_000, bound = watchBindings(device);
  const restore = claimLimits(device, {
    maxStorageBufferBindingSize: most,
    maxComputeWorkgroupsPerDimension: 90,
  });
  await using engine = await Engine.open({ device });
  for (const { width, height } of PAGES) await runVerified(engine, nougat, [picture(width, height)]);
  assertEquals(bound.filter((bytes) => bytes > most), []);
  assert(Math.max(...bound) > most / 2);
  restore();
});
