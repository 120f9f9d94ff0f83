const MOST = 2048; // a query set holds 4096 timestamps

/** Watches the command buffers of a device by timestamp queries; the first 2048 count. */
export interface SubmissionWatch {
  /** Forgets the command buffers so far. */
  restart(): void;
  /** How long none of them ran. */
  idle(): Promise<Idle>;
  /** Milliseconds from the first one's begin to the last one's end. */
  span(): Promise<number>;
}

/**
 * Shares of time in which a device ran none of the command buffers. What `writeTexture` copies runs before them unseen, so both are
 * upper bounds.
 */
export interface Idle {
  /** Of the time from the first one's begin to the last one's end. */
  all: number;
  /** Of the time in which it could work: while one ran, or was recorded (uploads included) and not yet submitted. */
  withWork: number;
}

/** Milliseconds. */
type Span = [from: number, until: number];

/** Has every command buffer of `device` note when it begins and ends, and when it was recorded and submitted. */
export function watchSubmissions(device: GPUDevice): SubmissionWatch {
  const querySet = device.createQuerySet({ type: "timestamp", count: MOST * 2 });
  const { queue } = device;
  const createCommandEncoder = device.createCommandEncoder.bind(device), submit = queue.submit.bind(queue);
  const begun = new WeakMap<GPUCommandBuffer, number>();
  let buffers = 0, recorded: Span[] = []; // by the host's clock
  device.createCommandEncoder = (descriptor) => {
    const encoder = createCommandEncoder(descriptor), begin = performance.now();
    if (buffers === MOST) return encoder;
    const beginningOfPassWriteIndex = 2 * buffers++, endOfPassWriteIndex = beginningOfPassWriteIndex + 1;
    // WebGPU writes timestamps at passes only: an empty one at either end.
    encoder.beginComputePass({ timestampWrites: { querySet, beginningOfPassWriteIndex } }).end();
    const finish = encoder.finish.bind(encoder);
    encoder.finish = (descriptor) => {
      encoder.beginComputePass({ timestampWrites: { querySet, endOfPassWriteIndex } }).end();
      const commands = finish(descriptor);
      begun.set(commands, begin);
      return commands;
    };
    return encoder;
  };
  queue.submit = (iterable) => {
    const all = [...iterable];
    submit(all);
    const noted = all.filter((commands) => begun.has(commands));
    recorded.push(...noted.map((commands): Span => [begun.get(commands)!, performance.now()]));
  };

  /** When the command buffers ran, by the device's clock. */
  async function ran(): Promise<Span[]> {
    const size = buffers * 16;
    const resolved = device.createBuffer({
      size,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
    const mapped = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    const encoder = createCommandEncoder();
    encoder.resolveQuerySet(querySet, 0, buffers * 2, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, mapped, 0, size);
    submit([encoder.finish()]);
    await mapped.mapAsync(GPUMapMode.READ);
    const times = Array.from(new BigUint64Array(mapped.getMappedRange()), (time) => Number(time) / 1e6);
    resolved.destroy(), mapped.destroy();
    return Array.from({ length: buffers }, (_, i) => [times[2 * i], times[2 * i + 1]]);
  }

  /** The device's clock less the host's, within the time that an empty command buffer takes to begin. */
  async function clockLead(): Promise<number> {
    await queue.onSubmittedWorkDone();
    buffers = 0;
    const now = performance.now();
    queue.submit([device.createCommandEncoder().finish()]);
    return (await ran())[0][0] - now;
  }

  return {
    restart: () => {
      buffers = 0, recorded = [];
    },
    async idle() {
      const running = await ran(), work = recorded, lead = await clockLead();
      const recording = work.map(([begin, end]): Span => [begin + lead, end + lead]);
      const busy = covered(running);
      return {
        all: 1 - busy / covered([hull(running)]),
        withWork: 1 - busy / covered([...running, ...recording]),
      };
    },
    span: async () => covered([hull(await ran())]),
  };
}

function hull(spans: readonly Span[]): Span {
  return [Math.min(...spans.map(([from]) => from)), Math.max(...spans.map(([, until]) => until))];
}

/** How long any of the spans lasts. */
function covered(spans: readonly Span[]): number {
  let sum = 0, end = -Infinity;
  for (const [from, until] of spans.toSorted((a, b) => a[0] - b[0])) {
    sum += Math.max(0, until - Math.max(from, end));
    end = Math.max(end, until);
  }
  return sum;
}
