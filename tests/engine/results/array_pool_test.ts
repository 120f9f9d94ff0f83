import { assert, assertEquals, assertRejects } from "@std/assert";
import { ArrayPool } from "../../../src/engine/results/array_pool.ts";
import { VitrailError } from "../../../src/errors.ts";
import { ixc24khd } from "../../../src/recipes/tiled/ixc.ts";
import { onEngines } from "../../support/executors.ts";
import { assertSameBytes } from "../../support/compare/assert_same.ts";
import { synthetic } from "../../support/pictures/synthetic.ts";

const MIB = 2 ** 20;

Deno.test("ArrayPool empties an array given back, whose memory serves the next that it fits", () => {
  const arrays = new ArrayPool(4 * MIB);
  const first = arrays.take(MIB).fill(7), view = new Float32Array(first.buffer, 64, 8);
  arrays.give(first);
  assertEquals([first.length, view.length], [0, 0]);
  const second = arrays.take(MIB - 100);
  assertEquals([second.length, second.buffer.byteLength, second[5]], [MIB - 100, MIB, 7]);
  assertEquals(arrays.take(MIB)[5], 0); // another one
});

Deno.test("ArrayPool uses no memory again that is too long, too short, too small or too much", () => {
  const arrays = new ArrayPool(4 * MIB);
  for (const [given, taken] of [[2 * MIB, MIB], [MIB - 1, MIB], [100, 100], [5 * MIB, 5 * MIB]]) {
    const array = arrays.take(given).fill(7);
    arrays.give(array);
    assertEquals(arrays.take(taken)[0], 0, `${given} bytes for ${taken}`);
  }
});

Deno.test("ArrayPool lets the oldest memory go where it has more than its limit", () => {
  const arrays = new ArrayPool(2 * MIB);
  const three = [1, 2, 3].map((mark) => arrays.take(MIB).fill(mark));
  for (const array of three) arrays.give(array);
  assertEquals([1, 2, 3].map(() => arrays.take(MIB)[0]), [2, 3, 0]);
});

Deno.test("ArrayPool frees at once what it does not keep", () => {
  const arrays = new ArrayPool(2 * MIB), held = [16, 1, 1, 1].map((size) => arrays.take(size * MIB).fill(1));
  const before = Deno.memoryUsage().external;
  for (const array of held) arrays.give(array);
  const freed = before - Deno.memoryUsage().external;
  assert(freed > 16 * MIB, `${freed} bytes`);
});

Deno.test("ArrayPool takes the shortest memory that is long enough where all of it comes back soon", () => {
  const arrays = new ArrayPool(64 * MIB, true);
  const three = [8, 2, 4].map((size) => arrays.take(size * MIB).fill(size));
  for (const array of three) arrays.give(array);
  assertEquals([MIB, 3 * MIB, 2 * MIB].map((bytes) => arrays.take(bytes)[5]), [2, 4, 8]);
});

Deno.test("ArrayPool keeps no more than was once taken at one time where all of it comes back soon", () => {
  const arrays = new ArrayPool(64 * MIB, true), before = Deno.memoryUsage().external;
  for (let size = 2; size < 32; size++) {
    const two = [size, size - 1].map((length) => arrays.take(length * MIB / 8));
    for (const array of two) arrays.give(array);
  }
  const kept = Deno.memoryUsage().external - before;
  assert(kept < 16 * MIB, `${kept} bytes`); // the longest two have 8 MiB, all of them 116 MiB
});

Deno.test("ArrayPool holds at most four times what was taken, where that is kept for long after all", () => {
  const arrays = new ArrayPool(64 * MIB, true), kept: Uint8Array[] = [];
  for (const bytes of [0, MIB, MIB / 4, MIB, 2 * MIB, 100, 3 * MIB]) {
    arrays.give(arrays.take(8 * MIB));
    kept.push(arrays.take(bytes));
  }
  for (const { length, buffer } of kept) assert(buffer.byteLength <= 4 * length, `${length} bytes`);
});

onEngines("Batch.dispose gives memory to later batches, and empties its arrays", async (engine) => {
  const picture = (seed: number) => ({
    width: 640,
    height: 480,
    data: synthetic({ kind: "noise", w: 640, h: 480, seed }),
  });
  const recipe = ixc24khd({ hdNum: 4 });
  const kept = await engine.run(recipe, [picture(1)]);
  const rows = (await kept.pixelValues.bytes()).slice();
  const disposed = await engine.run(recipe, [picture(2)]);
  const values = await disposed.pixelValues.data() as Float32Array;
  const memory = values.buffer;
  disposed.dispose();
  assertEquals(values.length, 0);
  const error = await assertRejects(() => disposed.pixelValues.data(), VitrailError, "disposed of");
  assertEquals(error.code, "usage");
  const again = await engine.run(recipe, [picture(1)]); // in memory that holds another picture's rows
  assert((await again.pixelValues.bytes()).buffer !== memory);
  for (const { pixelValues } of [again, kept]) {
    const { dtype, shape } = pixelValues;
    assertSameBytes(await pixelValues.bytes(), rows, { dtype, shape });
  }
});
