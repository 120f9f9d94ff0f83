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

onDevice(
  "GpuPool gives the smallest that fits, and wastes no more than as much",
  (device) => {
    const pool = new GpuPool(device, 2 ** 30);
    const large = pool.takeBuffer("storage", 400_000), small = pool.takeBuffer("storage", 200_000);
    const read = pool.takeBuffer("readback", 200_000);
    for (const buffer of [large, small]) pool.giveBuffer("storage", buffer);
    pool.giveBuffer("readback", read);
    assertEquals(pool.takeBuffer("storage", 150_000), small);
    assertNotEquals(pool.takeBuffer("storage", 150_000), large);
    assertEquals(pool.takeBuffer("storage", 300_000), large);
    pool.close();
    return Promise.resolve();
  },
);

onDevice("GpuPool frees what was given longest ago where it is full, and keeps what is newer", (device) => {
  const freed = watched(device), pool = new GpuPool(device, 1_000_000);
  const sizes = [300_032, 400_128, 500_224];
  const buffers = sizes.map((size) => pool.takeBuffer("storage", size));
  for (const buffer of buffers) pool.giveBuffer("storage", buffer);
  assertEquals(freed, [300_032]);
  assertEquals(pool.takeBuffer("storage", 500_224), buffers[2]);
  pool.giveBuffer("storage", pool.takeBuffer("storage", 2_000_128));
  assertEquals(freed, [300_032, 2_000_128]);
  pool.close();
  assertEquals(freed, [300_032, 2_000_128, 400_128]);
  pool.giveBuffer("storage", buffers[2]);
  assert(freed.includes(500_224));
  return Promise.resolve();
});
