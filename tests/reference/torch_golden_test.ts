import { assert } from "@std/assert";
import type { Filter } from "../../src/plan/tables/filters.ts";
import { placementFloatTaps, placementTaps } from "../../src/plan/tables/placement_taps.ts";
import type { Resampler } from "../../src/plan/tables/resampler.ts";
import type { Placement } from "../../src/plan/view.ts";
import { uprightRaster } from "../../src/reference/raster.ts";
import { resample } from "../../src/reference/resample.ts";
import { resampleFloats, resampleFloatsToBytes } from "../../src/reference/resample_floats.ts";
import { assertSameBytes } from "../support/compare/assert_same.ts";
import { golden } from "../support/golden/golden.ts";
import { checkCalls } from "../support/golden/golden_calls.ts";
import { drawnPicture, type Synthetic } from "../support/pictures/synthetic.ts";
import { TORCH_FLOAT, TORCH_LEVEL } from "../tolerance.ts";

/** One resize of torch's. */
interface Call {
  src: Synthetic;
  size: [number, number];
  filter: Filter;
  /** Base64 of `[height, width, 3]`, f32 and u8; nearest has bytes alone. */
  floats?: string;
  bytes: string;
}

const { resize } = golden<{ resize: Call[] }>("torch_resize");

function placementOf(
  { src, size: [width, height], filter }: Call,
  resampler: Resampler = "torch-cuda",
): Placement {
  return {
    source: { picture: 0 },
    crop: { left: 0, top: 0, right: src.w, bottom: src.h },
    content: { width, height },
    offset: { x: 0, y: 0 },
    filter,
    order: "horizontal-first",
    resampler,
  };
}

function decoded(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

Deno.test("resampleFloats gives interpolate's floats, resampleFloatsToBytes torchvision's", async () => {
  await checkCalls("torch_resize floats", resize, (call) => {
    const { src, size: [width, height], filter, floats, bytes } = call;
    const source = uprightRaster(drawnPicture(src)), placement = placementOf(call);
    const taps = placementFloatTaps(placement, source);
    const label = `${JSON.stringify(src)} to ${width}x${height}, ${filter}`, shape = [height, width, 3];
    if (floats !== undefined) {
      const expected = new Float32Array(decoded(floats).buffer), allowed = () => TORCH_FLOAT * 255;
      const found = resampleFloats(source, taps, placement.order);
      assertSameBytes(found.data, expected, { label, shape, allowed });
    }
    const allowed = () => filter === "nearest" ? 0 : TORCH_LEVEL;
    const found = resampleFloatsToBytes(source, taps, placement.order);
    assertSameBytes(found.data, decoded(bytes), { label, shape, allowed });
  });
});

Deno.test("resampleFloats gives the floats of interpolate on a CPU, every bit", async () => {
  const ofFloats = resize.filter(({ floats }) => floats !== undefined);
  await checkCalls("torch_resize floats on a CPU", ofFloats, (call) => {
    const { src, size: [width, height], filter, floats } = call;
    const source = uprightRaster(drawnPicture(src)), placement = placementOf(call, "torch-cpu");
    const found = resampleFloats(source, placementFloatTaps(placement, source), placement.order);
    const label = `${JSON.stringify(src)} to ${width}x${height}, ${filter}`;
    const expected = new Float32Array(decoded(floats!).buffer);
    assertSameBytes(found.data, expected, { label, shape: [height, width, 3] });
  });
});

Deno.test("resample, which is Pillow's, exceeds torch's tolerance", () => {
  const levels = resize.map((call) => {
    const source = uprightRaster(drawnPicture(call.src)), expected = decoded(call.bytes);
    const { data } = resample(source, placementTaps(placementOf(call), source), "horizontal-first");
    return data.reduce((most, level, i) => Math.max(most, Math.abs(level - expected[i])), 0);
  });
  assert(Math.max(...levels) > TORCH_LEVEL, `bytes differ by ${Math.max(...levels)} levels at most`);
});
