import { assertEquals } from "@std/assert";
import { GpuPool } from "../../../src/gpu/device/pool.ts";
import { Readback } from "../../../src/gpu/device/readback.ts";
import { SubmitQueue } from "../../../src/gpu/device/submit_queue.ts";
import { onDevice } from "../../support/executors.ts";

/** A buffer whose bytes tell their offset and the buffer's number. */
function marked(device: GPUDevice, bytes: number, mark: number) {
  const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const buffer = device.createBuffer({ size: Math.ceil(bytes / 4) * 4, usage });
  const content = new Uint8Array(buffer.size).map((_, i) => (i * 31 + (i >> 8) * 7 + mark) & 255);
  device.queue.writeBuffer(buffer, 0, content);
  return { buffer, bytes, content: content.subarray(0, bytes) };
}

onDevice("Readback reads buffers of any length whole, the first time and again", async (device) => {
  const pool = new GpuPool(device, 2 ** 26), readback = new Readback(pool, new SubmitQueue());
  for (let round = 0; round < 4; round++) {
    const lengths = [1, 3, 257, (1 << 18) - 1, 1 << 18, (1 << 18) + 5, 1_000_003];
    const sources = lengths.map((length, i) => marked(device, length, round * 16 + i));
    const made = new Map(sources.map((source) => [source, new Uint8Array(source.bytes + 2).fill(99)]));
    await readback.read(sources, (source) => made.get(source)!);
    for (const [{ content, bytes }, into] of made) {
      assertEquals(into.subarray(0, bytes), content);
      assertEquals([...into.subarray(bytes)], [99, 99]); // nothing past the end
    }
    for (const { buffer } of sources) buffer.destroy();
  }
  pool.close();
});

onDevice("Readback disturbs no read by another that is under way", async (device) => {
  const pool = new GpuPool(device, 2 ** 26), readback = new Readback(pool, new SubmitQueue());
  for (let round = 0; round < 3; round++) {
    const sources = Array.from({ length: 5 }, (_, i) => marked(device, 300_000 + i, round * 16 + i));
    const made = sources.map(({ bytes }) => new Uint8Array(bytes));
    await Promise.all(sources.map((source, i) => readback.read([source], () => made[i])));
    for (const [i, { content }] of sources.entries()) assertEquals(made[i], content);
  }
  pool.close();
});

onDevice(
  "Readback gives arrays of their own where it is given none, whole after the next read",
  async (device) => {
    const pool = new GpuPool(device, 2 ** 26), readback = new Readback(pool, new SubmitQueue());
    const sources = [1, 257, 3_000_001].map((length, i) => marked(device, length, i));
    const given = new Uint8Array(257);
    const into = (source: typeof sources[number]) => source === sources[1] ? given : undefined;
    const [first, last] = await readback.read(sources, into);
    const others = [1, 257, 3_000_001].map((length, i) => marked(device, length, i + 99));
    await readback.read(others, () => undefined); // by the same staging buffers
    assertEquals([first, given, last], sources.map(({ content }) => content));
    pool.close();
  },
);
