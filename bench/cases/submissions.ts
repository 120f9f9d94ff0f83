/** The most command buffers that are watched: a query set holds 4096 timestamps, two a buffer. */
const MOST = 2048;

/** A watch on the command buffers of a device, by timestamp queries; only the first 2048 count. */
export interface SubmissionWatch {
  /** Forgets the command buffers so far. */
  restart(): void;
  /** Returns the shares of time in which none of them was at work. */
  idle(): Promise<Idle>;
  /** Returns the milliseconds from the beginning of the first to the end of the last. */
  span(): Promise<number>;
}

/**
 * Shares of time, 0 to 1, in which a device worked on none of the command buffers. Both are upper bounds,
 * since the copies of `writeTexture` happen before a command buffer, where no timestamp sees them.
 */
export interface Idle {
  /** The share of the time from the beginning of the first one to the end of the last. */
  all: number;
  /**
   * The share of the time in which there was work: a command buffer was at work, or one had been
   * begun (uploads included) and was not yet submitted.
   */
  withWork: number;
}

/** A span of time, ms. */
type Span = [from: number, until: number];

/** Begins a watch: every command buffer of `device` notes when it was recorded, submitted, begun and done. */
export function watchSubmissions(device: GPUDevice): SubmissionWatch {
  const querySet = device.createQuerySet({ type: "timestamp", count: MOST * 2 });
  const { queue } = device;
  const createCommandEncoder = device.createCommandEncoder.bind(device), submit = queue.submit.bind(queue);
  const begun = new WeakMap<GPUCommandBuffer, number>();
  let buffers = 0;
  let recorded: Span[] = []; // by the host's clock
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

  /** Returns the span of each command buffer's work, by the device's clock. */
  async function working(): Promise<Span[]> {
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
    resolved.destroy();
    mapped.destroy();
    return Array.from({ length: buffers }, (_, i) => [times[2 * i], times[2 * i + 1]]);
  }

  /**
   * Returns the device's clock less the host's, exact but for the time that a command buffer takes to begin.
   */
  async function clockLead(): Promise<number> {
    await queue.onSubmittedWorkDone();
    buffers = 0;
    const now = performance.now();
    queue.submit([device.createCommandEncoder().finish()]);
    return (await working())[0][0] - now;
  }

  return {
    restart: () => {
      buffers = 0;
      recorded = [];
    },
    async idle() {
      const spans = await working(), recordedSpans = recorded, lead = await clockLead();
      const recording = recordedSpans.map(([begin, end]): Span => [begin + lead, end + lead]);
      const busy = covered(spans);
      return {
        all: 1 - busy / covered([hull(spans)]),
        withWork: 1 - busy / covered([...spans, ...recording]),
      };
    },
    span: async () => covered([hull(await working())]),
  };
}

/** The span from the first beginning to the last end. */
function hull(spans: readonly Span[]): Span {
  return [Math.min(...spans.map(([from]) => from)), Math.max(...spans.map(([, until]) => until))];
}

/** The time in which at least one of the spans lasts, ms. */
function covered(spans: readonly Span[]): number {
  let sum = 0, end = -Infinity;
  for (const [from, until] of spans.toSorted((a, b) => a[0] - b[0])) {
    sum += Math.max(0, until - Math.max(from, end));
    end = Math.max(end, until);
  }
  return sum;
}
