import { assert, assertEquals } from "@std/assert";
import type { Filter } from "../../src/plan/tables/filters.ts";
import { placementTaps, placementTorchTaps } from "../../src/plan/tables/placement_taps.ts";
import type { Placement } from "../../src/plan/view.ts";
import { uprightRaster } from "../../src/reference/raster.ts";
import { resample } from "../../src/reference/resample.ts";
import { resampleFloats, roundedRaster } from "../../src/reference/resample_floats.ts";
import { golden } from "../support/golden/golden.ts";
import { type Synthetic, syntheticPicture } from "../support/pictures/synthetic.ts";
import { TORCH_FLOAT, TORCH_LEVEL } from "../tolerance.ts";

interface Case {
  src: Synthetic;
  size: [number, number];
  filter: Filter;
  /** Base64 of `[height, width, 3]`, f32 and u8; nearest has bytes alone. */
  floats?: string;
  bytes: string;
}

const { resize } = golden<{ resize: Case[] }>("torch_resize");

function placementOf({ src, size: [width, height], filter }: Case): Placement {
  return {
    source: { picture: 0 },
    crop: { left: 0, top: 0, right: src.w, bottom: src.h },
    content: { width, height },
    offset: { x: 0, y: 0 },
    filter,
    order: "horizontal-first",
    resampler: "torch",
  };
}

function decoded(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

/** The largest difference between two lists. */
function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assertEquals(a.length, b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
}

Deno.test("resampleFloats gives interpolate's floats, and torchvision's bytes once rounded", () => {
  for (const record of resize) {
    const source = uprightRaster(syntheticPicture(record.src)), placement = placementOf(record);
    const found = resampleFloats(source, placementTorchTaps(placement, source), placement.order);
    const label = `${JSON.stringify(record.src)} to ${record.size}, ${record.filter}`;
    if (record.floats !== undefined) {
      const floats = furthest(found.data, new Float32Array(decoded(record.floats).buffer)) / 255;
      assert(floats <= TORCH_FLOAT, `${label}: floats differ by ${floats}`);
    }
    const levels = furthest(roundedRaster(found).data, decoded(record.bytes));
    const allowed = record.filter === "nearest" ? 0 : TORCH_LEVEL;
    assert(levels <= allowed, `${label}: bytes differ by ${levels} levels`);
  }
});

Deno.test("resample, which is Pillow's, exceeds torch's tolerance", () => {
  const levels = resize.map((record) => {
    const source = uprightRaster(syntheticPicture(record.src));
    const pillow = resample(source, placementTaps(placementOf(record), source), "horizontal-first");
    return furthest(pillow.data, decoded(record.bytes));
  });
  assert(Math.max(...levels) > TORCH_LEVEL, `bytes differ by ${Math.max(...levels)} levels at most`);
});
