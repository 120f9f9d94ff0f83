import type { RowsAnswer, RowsRequest } from "./sharp_worker.ts";

/** The pictures that a Worker has at once: sharp decodes one while the loop is at the other. */
const AT_ONCE = 2;

/** Workers that make rows of pictures by sharp and the loop. Arrays move between them, and are not copied. */
export class SharpWorkers {
  readonly #workers: Worker[];
  /** Arrays that are no longer needed. */
  readonly #used: Float32Array<ArrayBuffer>[] = [];

  /** Starts so many Workers. */
  constructor(count: number) {
    const module = new URL("./sharp_worker.ts", import.meta.url).href;
    this.#workers = Array.from({ length: count }, () => new Worker(module, { type: "module" }));
  }

  /**
   * Makes the rows of all pictures.
   * @param take is given each picture's rows as they come, and returns whether they may be filled again
   */
  async stream(
    pictures: readonly Uint8Array[],
    take: (rows: Float32Array<ArrayBuffer>, index: number) => boolean,
  ): Promise<void> {
    let next = 0;
    await Promise.all(this.#workers.map((worker) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      let asked = 0;
      const ask = () => {
        if (next < pictures.length) {
          asked++;
          const request: RowsRequest = { index: next, bytes: pictures[next++], used: this.#used.pop() };
          worker.postMessage(request, request.used ? [request.used.buffer] : []);
        } else if (asked === 0) resolve();
      };
      worker.onmessage = ({ data: { rows, index } }: MessageEvent<RowsAnswer>) => {
        asked--;
        if (take(rows, index)) this.#used.push(rows);
        ask();
      };
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new TypeError(event.message));
      };
      for (let slot = 0; slot < AT_ONCE; slot++) ask();
      return promise;
    }));
  }

  /** Ends the Workers. */
  close(): void {
    for (const worker of this.#workers) worker.terminate();
  }
}
