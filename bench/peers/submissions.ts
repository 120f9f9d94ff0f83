const MOST = 2048; // a query set holds 4096 timestamps

/** Watches the command buffers of a device by timestamp queries. */
export interface SubmissionWatch {
  /** Forgets the command buffers so far. */
  restart(): void;
  /**
   * The share of the time from the first command buffer's begin to the last one's end in which none ran; the first 2048 count. What
   * `writeTexture` copies runs before them unseen, so it is an upper bound.
   */
  idleShare(): Promise<number>;
  /** Milliseconds from the first command buffer's begin to the last one's end. */
  span(): Promise<number>;
}

/** Has every command buffer of `device` note when it begins and ends. */
export function watchSubmissions(device: GPUDevice): SubmissionWatch {
  const querySet = device.createQuerySet({ type: "timestamp", count: MOST * 2 });
  let buffers = 0;
  const createCommandEncoder = device.createCommandEncoder.bind(device);
  device.createCommandEncoder = (descriptor) => {
    const encoder = createCommandEncoder(descriptor);
    if (buffers === MOST) return encoder;
    const beginningOfPassWriteIndex = 2 * buffers++, endOfPassWriteIndex = beginningOfPassWriteIndex + 1;
    // WebGPU writes timestamps at passes only: an empty one at either end.
    encoder.beginComputePass({ timestampWrites: { querySet, beginningOfPassWriteIndex } }).end();
    const finish = encoder.finish.bind(encoder);
    encoder.finish = (descriptor) => {
      encoder.beginComputePass({ timestampWrites: { querySet, endOfPassWriteIndex } }).end();
      return finish(descriptor);
    };
    return encoder;
  };
  const times = () => resolved(device, createCommandEncoder(), querySet, 2 * buffers);
  return {
    restart: () => buffers = 0,
    async idleShare() {
      const found = await times();
      return idleOf(Array.from({ length: found.length / 2 }, (_, i) => [found[2 * i], found[2 * i + 1]]));
    },
    async span() {
      const found = await times();
      return (Math.max(...found) - Math.min(...found)) / 1e6;
    },
  };
}

async function resolved(
  device: GPUDevice,
  encoder: GPUCommandEncoder,
  queries: GPUQuerySet,
  count: number,
): Promise<number[]> {
  const size = count * 8;
  const onDevice = device.createBuffer({
    size,
    usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
  });
  const mapped = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  encoder.resolveQuerySet(queries, 0, count, onDevice, 0);
  encoder.copyBufferToBuffer(onDevice, 0, mapped, 0, size);
  device.queue.submit([encoder.finish()]);
  await mapped.mapAsync(GPUMapMode.READ);
  return Array.from(new BigUint64Array(mapped.getMappedRange()), Number);
}

function idleOf(spans: number[][]): number {
  spans.sort((a, b) => a[0] - b[0]);
  let idle = 0, until = spans[0][0];
  for (const [from, to] of spans) {
    idle += Math.max(0, from - until);
    until = Math.max(until, to);
  }
  return idle / (until - spans[0][0]);
}
