import { perWord } from "../../../src/gpu/element_words.ts";
import { boundBytes, tableOf } from "../../../src/gpu/passes/jobs.ts";
import { FORMAT, PACK } from "../../../src/gpu/passes/pack_pass.ts";
import type { Dtype } from "../../../src/plan/dtype.ts";
import { toDtype } from "../../../src/reference/rounding.ts";
import { onDevice } from "../../support/executors.ts";
import { dispatched, UNTOUCHED } from "../../support/gpu/dispatch.ts";
import { assertEquals } from "@std/assert";

/** A value, its neighbours one unit in the last place away, and their negatives. */
function around(value: number): number[] {
  const bits = new Uint32Array(1), float = new Float32Array(bits.buffer);
  const neighbours = [-1, 0, 1].map((step) => {
    float[0] = value;
    bits[0] += step;
    return float[0];
  });
  return neighbours.flatMap((v) => [v, -v]);
}

/**
 * Ties between two results, and the limits of both formats: overflow, the least normal and the least of all.
 */
const EDGES = [
  ...[65504, 65519, 65520, 65535, 65536, 2 ** -14, 2 ** -14 - 2 ** -25, 2 ** -24, 2 ** -25, 2 ** -26],
  ...[
    1 + 2 ** -11,
    1 + 3 * 2 ** -11,
    2.5 + 2 ** -10,
    1 + 2 ** -8,
    1 + 3 * 2 ** -8,
    2 ** -126,
    3.3895313892515355e38,
  ],
].flatMap(around);

const FLOATS = Float32Array.from([...EDGES, 0, -0, Infinity, -Infinity, NaN, 1 / 3, -2.117904, 2.7]);

/** Packs values by jobs, each of which ends at one of `ends`. */
async function packed(device: GPUDevice, values: Float32Array, dtype: Dtype, ends = [values.length]) {
  const per = perWord(dtype), words = Math.ceil(values.length / per);
  const spans = [0, 1].map(() => ({ buffer: {} as GPUBuffer, from: 0, to: 0 }));
  const entries = ends.map((end, i) => {
    const from = ends[i - 1] ?? 0, fields = { floats: from, packed: from / per, count: end - from };
    return { job: { fields, groups: 0, spans }, firstGroup: 0 };
  });
  return await dispatched(device, {
    kernel: "pack",
    constants: { FORMAT: FORMAT[dtype]! },
    uniform: tableOf(PACK, entries, spans),
    bound: boundBytes(PACK),
    groups: [Math.ceil(words / 64), entries.length, 1],
    inputs: [values],
    words: words + 2,
  });
}

function expectedWords(values: Float32Array, dtype: Dtype): Uint32Array {
  const bytes = toDtype(values, dtype), words = new Uint32Array(Math.ceil(bytes.length / 4));
  new Uint8Array(words.buffer).set(bytes);
  return words;
}

for (const dtype of ["f16", "bf16"] as const) {
  onDevice(
    `pack.wgsl rounds ties, overflow and the smallest values as the reference does: ${dtype}`,
    async (device) => {
      const words = await packed(device, FLOATS, dtype);
      assertEquals([...words.subarray(0, -2)], [...expectedWords(FLOATS, dtype)]);
    },
  );

  onDevice(`pack.wgsl gives every value back as itself: ${dtype}`, async (device) => {
    const halves = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
    const values = dtype === "f16"
      ? Float32Array.from(new Float16Array(halves.buffer))
      : new Float32Array(Uint32Array.from(halves, (bits) => bits << 16 >>> 0).buffer);
    const numbers = values.filter((value) => !Number.isNaN(value));
    const words = await packed(device, numbers, dtype);
    const found = new Uint16Array(words.buffer, 0, numbers.length);
    assertEquals(found, halves.filter((_, i) => !Number.isNaN(values[i])));
  });
}

Deno.test("toDtype gives JavaScript's own f16", () => {
  assertEquals(new Float16Array(toDtype(FLOATS, "f16").buffer as ArrayBuffer), Float16Array.from(FLOATS));
});

for (const dtype of ["f16", "bf16", "u8"] as const) {
  onDevice(
    `pack.wgsl ends any count with zeros, and leaves the next word alone: ${dtype}`,
    async (device) => {
      const bytes = Float32Array.from({ length: 1100 }, (_, i) => (i * 37 + 11) % 256);
      const jobs = [1, 2, 3, 4, 5, 63, 64, 65, 127, 128, 129, 1023, 1025].map((count) => [count]);
      for (const ends of [...jobs, [64, 320, 1025], [4, 8, 523]]) { // one job, and three
        const values = bytes.subarray(0, ends.at(-1)), words = await packed(device, values, dtype, ends);
        assertEquals([...words], [...expectedWords(values, dtype), UNTOUCHED, UNTOUCHED], `${ends}`);
      }
    },
  );
}
