import { assertEquals } from "@std/assert";
import { openDevice } from "../../src/gpu/device.ts";
import { GpuExecutor } from "../../src/gpu/executor.ts";
import { params, u32 } from "../../src/gpu/params.ts";
import { Recorder } from "../../src/gpu/recorder.ts";
import { WITHOUT_GPU } from "../support/backends.ts";

Deno.test({
  name: "copy moves every quad that it counts, and no other",
  ignore: WITHOUT_GPU,
  async fn() {
    const device = await openDevice();
    const executor = new GpuExecutor(device, 2 ** 20);
    const words = Uint32Array.from({ length: 4000 }, (_, i) => Math.imul(i + 1, 2654435761));
    const recorder = new Recorder(executor.kernels, executor.memory);
    const from = recorder.buffer("storage", 16000), buffer = executor.memory.takeBuffer("storage", 16000);
    device.queue.writeBuffer(from, 0, words);
    device.queue.writeBuffer(buffer, 0, new Uint32Array(4000).fill(7));
    recorder.dispatch("copy", {}, params(u32(990), u32(100)), [from, buffer], [2, 10, 1]); // rows of 100 quads
    assertEquals(await recorder.submit(), null);
    const made = new Uint32Array(4000);
    await executor.read(
      [{ output: "", dtype: "f32", row: 0, shape: [4000], buffer, bytes: 16000 }],
      () => new Uint8Array(made.buffer),
    );
    assertEquals([...made], [...words.subarray(0, 3960), ...new Array(40).fill(7)]);
    executor.close();
    device.destroy();
  },
});
