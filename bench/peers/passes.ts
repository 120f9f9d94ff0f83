const PASSES = 2048; // a query set holds 4096 timestamps

/** Watches the compute passes of a device by timestamp queries. */
export interface PassWatch {
  /** Forgets the passes so far. */
  restart(): void;
  /** The share of the time from the first pass's begin to the last one's end in which no pass ran; the first 2048 count. */
  idleShare(): Promise<number>;
}

/** Has every compute pass of `device` note when it begins and ends. */
export function watchPasses(device: GPUDevice): PassWatch {
  const querySet = device.createQuerySet({ type: "timestamp", count: PASSES * 2 });
  let passes = 0;
  const createCommandEncoder = device.createCommandEncoder.bind(device);
  device.createCommandEncoder = (descriptor) => {
    const encoder = createCommandEncoder(descriptor);
    const beginComputePass = encoder.beginComputePass.bind(encoder);
    encoder.beginComputePass = (pass) => {
      if (passes === PASSES) return beginComputePass(pass);
      const index = 2 * passes++;
      const timestampWrites = {
        querySet,
        beginningOfPassWriteIndex: index,
        endOfPassWriteIndex: index + 1,
      };
      return beginComputePass({ ...pass, timestampWrites });
    };
    return encoder;
  };
  return {
    restart: () => passes = 0,
    async idleShare() {
      const times = await resolved(device, querySet, 2 * passes);
      return idleOf(Array.from({ length: passes }, (_, i) => [times[2 * i], times[2 * i + 1]]));
    },
  };
}

async function resolved(device: GPUDevice, queries: GPUQuerySet, count: number): Promise<number[]> {
  const size = count * 8;
  const onDevice = device.createBuffer({
    size,
    usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
  });
  const mapped = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
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
