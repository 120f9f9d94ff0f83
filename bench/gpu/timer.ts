/**
 * Times dispatches by timestamp queries, `capacity` of them at most. The device must have `timestamp-query`.
 */
export class Timer {
  readonly #queries: GPUQuerySet;
  #labels: string[] = [];

  /** Creates a timer on `device`. */
  constructor(readonly device: GPUDevice, readonly capacity: number = 1024) {
    this.#queries = device.createQuerySet({ type: "timestamp", count: capacity * 2 });
  }

  /** Returns the queries to which a compute pass writes its times; undefined once the capacity is used. */
  writes(label: string): GPUComputePassTimestampWrites | undefined {
    if (this.#labels.length >= this.capacity) return undefined;
    const index = (this.#labels.push(label) - 1) * 2;
    return {
      querySet: this.#queries,
      beginningOfPassWriteIndex: index,
      endOfPassWriteIndex: index + 1,
    };
  }

  /**
   * Returns the kernel and the time of each dispatch since they were taken last, in order. Waits for the work
   * to be done.
   */
  async take(): Promise<{ label: string; nanoseconds: number }[]> {
    const labels = this.#labels.splice(0), count = labels.length * 2;
    if (count === 0) return [];
    const size = count * 8;
    const resolved = this.device.createBuffer({
      size,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
    const mapped = this.device.createBuffer({
      size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    const encoder = this.device.createCommandEncoder();
    encoder.resolveQuerySet(this.#queries, 0, count, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, mapped, 0, size);
    this.device.queue.submit([encoder.finish()]);
    await mapped.mapAsync(GPUMapMode.READ);
    const times = new BigUint64Array(mapped.getMappedRange().slice(0));
    resolved.destroy();
    mapped.destroy();
    return labels.map((label, i) => ({ label, nanoseconds: Number(times[2 * i + 1] - times[2 * i]) }));
  }

  /** Frees its queries. */
  close(): void {
    this.#queries.destroy();
  }
}
