import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { GpuPool } from "../../../src/gpu/device/pool.ts";
import { onDevice } from "../../support/executors.ts";

/** Has each thing that `device` makes tell when it is destroyed, by its bytes. */
function watched(device: GPUDevice): number[] {
  const freed: number[] = [], createBuffer = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = createBuffer(descriptor), destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      freed.push(buffer.size);
      destroy();
    };
    return buffer;
  };
  return freed;
}

onDevice("GpuPool gives the smallest that fits, and wastes no more than as much", (device) => {
  const memory = new GpuPool(device, 2 ** 30);
  const large = memory.takeBuffer("storage", 400_000), small = memory.takeBuffer("storage", 200_000);
  const read = memory.takeBuffer("readback", 200_000);
  for (const buffer of [large, small]) memory.giveBuffer("storage", buffer);
  memory.giveBuffer("readback", read);
  assertEquals(memory.takeBuffer("storage", 150_000), small);
  assertNotEquals(memory.takeBuffer("storage", 150_000), large);
  assertEquals(memory.takeBuffer("storage", 300_000), large);
  const texture = memory.takeTexture(100, 50), words = memory.takeTexture(100, 50, "rgba32uint");
  memory.giveTexture(texture), memory.giveTexture(words);
  assertEquals(memory.takeTexture(110, 60, "rgba32uint"), words);
  assertEquals(memory.takeTexture(90, 40), texture);
  memory.close();
  return Promise.resolve();
});

onDevice("GpuPool frees what was given longest ago where it is full, and keeps what is newer", (device) => {
  const freed = watched(device), memory = new GpuPool(device, 1_000_000);
  const sizes = [300_032, 400_128, 500_224],
    buffers = sizes.map((size) => memory.takeBuffer("storage", size));
  for (const buffer of buffers) memory.giveBuffer("storage", buffer);
  assertEquals(freed, [300_032]);
  assertEquals(memory.takeBuffer("storage", 500_224), buffers[2]);
  memory.giveBuffer("storage", memory.takeBuffer("storage", 2_000_128));
  assertEquals(freed, [300_032, 2_000_128]);
  memory.close();
  assertEquals(freed, [300_032, 2_000_128, 400_128]);
  memory.giveBuffer("storage", buffers[2]);
  assert(freed.includes(500_224));
  return Promise.resolve();
});
