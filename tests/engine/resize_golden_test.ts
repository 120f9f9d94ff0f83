import { assertEquals } from "@std/assert";
import type { RawPixels } from "../../src/codecs/picture.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { ResizeOptions } from "../../src/engine/resize.ts";
import type { Filter } from "../../src/plan/tables/filters.ts";
import { onEngines } from "../support/executors.ts";
import { assertGolden, golden } from "../support/golden/golden.ts";
import { assertSampled, checkCalls, takenOf } from "../support/golden/golden_calls.ts";
import { type Synthetic, synthetic } from "../support/pictures/synthetic.ts";

type Mode = "RGB" | "RGBA" | "L" | "LA";

/** One resize of Pillow's. */
interface Call {
  src: Synthetic & { mode?: Mode };
  filter: string;
  size: [number, number];
  /** The rectangle of the source, in pixels: left, top, right, bottom. */
  box?: [number, number, number, number];
  sha256: string;
}

/** Resizes under way at once: each waits for the GPU, and they may wait together. */
const AT_ONCE = 16;

/** The channels of RGB or RGBA that hold a mode's channels, in the mode's order. */
const STORED: Record<Mode, number[]> = { RGB: [0, 1, 2], RGBA: [0, 1, 2, 3], L: [0], LA: [0, 3] };

/** For each channel of RGB or RGBA, the channel of the mode that it holds. */
const HELD: Record<Mode, number[]> = { RGB: [0, 1, 2], RGBA: [0, 1, 2, 3], L: [0, 0, 0], LA: [0, 0, 0, 1] };

/** Returns bytes of `from` interleaved channels as the channels that `order` names. */
function channels(bytes: Uint8Array, from: number, order: readonly number[]): Uint8Array {
  const count = bytes.length / from, out = new Uint8Array(count * order.length);
  if (order.length === from) return bytes;
  for (let i = 0, at = 0; i < count; i++) for (const channel of order) out[at++] = bytes[i * from + channel];
  return out;
}

const drawn = new Map<string, RawPixels>();

/** Returns a source's pixels, RGB or RGBA, drawn once. */
function pixelsOf(src: Call["src"]): RawPixels {
  const key = JSON.stringify(src), { w, h, mode = "RGB" } = src;
  const pixels = drawn.get(key) ??
    { width: w, height: h, data: channels(synthetic(src), src.channels ?? 3, HELD[mode]) };
  drawn.set(key, pixels);
  return pixels;
}

function optionsOf({ filter, box }: Call): ResizeOptions {
  const name = filter.toLowerCase() as Filter;
  if (box === undefined) return { filter: name };
  const [left, top, right, bottom] = box;
  return { filter: name, box: { left, top, right, bottom } };
}

async function requireCall(engine: Engine, call: Call): Promise<void> {
  const { src, filter, size: [width, height], box, sha256 } = call, { mode = "RGB" } = src;
  const label = `${mode} ${filter} ${JSON.stringify(src)} to ${width}x${height}${box ? `, box ${box}` : ""}`;
  const bytesOf = async (engine: Engine) => {
    const resized = await engine.resize(pixelsOf(src), { width, height }, optionsOf(call));
    assertEquals(
      [resized.width, resized.height, resized.channels],
      [width, height, HELD[mode].length],
      label,
    );
    return channels(resized.data, resized.channels, STORED[mode]);
  };
  await using reference = await Engine.open({ executor: "reference" });
  const bytes = await bytesOf(engine), shape = [height, width, STORED[mode].length];
  await assertGolden(bytes, sha256, { label, dtype: "u8", shape }, () => bytesOf(reference));
}

const files = ["resize", "resize_box", "resize_modes"];
const suites = Map.groupBy(
  files.flatMap((file) => golden<{ records: Call[] }>(file).records.map((call) => ({ file, call }))),
  ({ file, call }) => `${file} ${call.src.mode ?? "RGB"} ${call.filter}`,
);

const sizesOf = ({ call: { src, size: [w, h] } }: { call: Call }) => [src, { w, h }];

for (const [suite, calls] of suites) {
  onEngines(`Engine.resize gives Pillow's bytes: ${suite}`, async (engine) => {
    const taken = takenOf(calls, sizesOf);
    await checkCalls(
      `${suite} (${engine.executor})`,
      taken,
      ({ call }) => requireCall(engine, call),
      AT_ONCE,
    );
  });
}

Deno.test("sampleOf takes a call or two of every file, mode and filter of resize*.json", () => {
  assertEquals(suites.size, 6 * (1 + 1 + 3));
  assertSampled(suites, sizesOf);
});
