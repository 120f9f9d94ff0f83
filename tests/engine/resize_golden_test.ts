import { assertEquals } from "@std/assert";
import type { RawPixels } from "../../src/codecs/picture.ts";
import { mapLimited } from "../../src/engine/run/map_limited.ts";
import type { Box } from "../../src/plan/geometry.ts";
import type { Filter } from "../../src/plan/tables/filters.ts";
import { onEngines } from "../support/executors.ts";
import { golden, sha256 } from "../support/golden.ts";
import { type Synthetic, synthetic } from "../support/pictures/synthetic.ts";

interface Case {
  src: Synthetic & { mode?: "L" | "LA" | "RGBA" };
  filter: string;
  size: [number, number];
  box?: [number, number, number, number];
  sha256: string;
}

/** Resizes under way at once: each waits for the GPU, and they may wait together. */
const AT_ONCE = 16;

/** For each channel of RGB or RGBA, the channel of the mode that it holds. */
const HELD = { RGB: [0, 1, 2], RGBA: [0, 1, 2, 3], L: [0, 0, 0], LA: [0, 0, 0, 1] };

/** Bytes of `from` interleaved channels as the channels that `order` names. */
function channels(bytes: Uint8Array, from: number, order: readonly number[]): Uint8Array {
  const count = bytes.length / from;
  if (order.length === from) return bytes;
  const out = new Uint8Array(count * order.length);
  for (let i = 0, at = 0; i < count; i++) for (const channel of order) out[at++] = bytes[i * from + channel];
  return out;
}

/** A source's pixels, RGB or RGBA, drawn once. */
function pixelsOf(src: Case["src"]): RawPixels {
  const key = JSON.stringify(src), { w, h, mode = "RGB" } = src;
  const known = drawn.get(key) ??
    { width: w, height: h, data: channels(synthetic(src), src.channels ?? 3, HELD[mode]) };
  drawn.set(key, known);
  return known;
}

const drawn = new Map<string, RawPixels>();

for (const file of ["resize", "resize_box", "resize_modes"]) {
  const { records } = golden<{ records: Case[] }>(file);
  onEngines(`${file} golden: ${records.length} resizes are Pillow's, every byte`, async (engine) => {
    await mapLimited(records, AT_ONCE, async ({ src, filter, size, box, sha256: expected }) => {
      const { mode = "RGB" } = src;
      const [left, top, right, bottom] = box ?? [];
      const resized = await engine.resize(
        pixelsOf(src),
        { width: size[0], height: size[1] },
        { filter: filter.toLowerCase() as Filter, box: box && { left, top, right, bottom } as Box },
      );
      assertEquals([resized.width, resized.height, resized.channels], [...size, HELD[mode].length]);
      const stored = mode === "L" ? [0] : mode === "LA" ? [0, 3] : HELD[mode];
      const found = sha256(channels(resized.data, resized.channels, stored));
      assertEquals(found, expected, `${mode} ${filter} ${JSON.stringify(src)} to ${size}, box ${box}`);
    });
  });
}
