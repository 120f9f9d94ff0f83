import { assertEquals } from "@std/assert";
import { COPY } from "../../../bench/copy.ts";
import { uniformOf } from "../../../src/gpu/device/kernels.ts";
import { onDevice } from "../../support/executors.ts";
import { dispatched, UNTOUCHED } from "../../support/gpu/dispatch.ts";

onDevice("copy.wgsl moves every vector that it counts, and no other", async (device) => {
  const words = Uint32Array.from({ length: 4000 }, (_, i) => Math.imul(i + 1, 2654435761));
  const made = await dispatched(device, {
    kernel: "copy",
    uniform: uniformOf(COPY, { count: 990, width: 100 }), // vectors, in all and in a line of the grid
    groups: [2, 10, 1],
    inputs: [words],
    words: 4000,
  });
  assertEquals([...made], [...words.subarray(0, 3960), ...new Array(40).fill(UNTOUCHED)]);
});
