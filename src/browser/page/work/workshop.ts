import { VitrailError } from "../../../errors.ts";
import type { PageWork, TroubleAt, WorkAnswer, WorkMessage } from "./page_work.ts";

/** A failure of the Worker, and the place on the page that it belongs to. */
export class WorkTrouble extends VitrailError {
  /** Creates one of a message. */
  constructor(readonly at: TroubleAt, why: string) {
    super("usage", why);
  }
}

/** The page's side of a Worker that computes. */
export class Workshop {
  readonly #worker = new Worker(new URL("./page_worker.ts", import.meta.url), { type: "module" });
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #last = 0;

  /** Starts the Worker. */
  constructor() {
    this.#worker.addEventListener("message", ({ data }: MessageEvent<WorkAnswer>) => {
      const { id, answer, trouble } = data, waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (trouble === undefined) waiting?.resolve(answer);
      else waiting?.reject(new WorkTrouble(trouble.at, trouble.why));
    });
    this.#worker.addEventListener("error", (event) => {
      const why = (event as ErrorEvent).message || "the page's Worker cannot be started";
      for (const { reject } of this.#waiting.values()) reject(new WorkTrouble("sample", why));
      this.#waiting.clear();
    });
  }

  /**
   * Asks for work, and resolves to its answer.
   * @throws {WorkTrouble} where it cannot be done.
   */
  ask<Name extends keyof PageWork>(
    name: Name,
    asked: PageWork[Name]["asked"],
  ): Promise<PageWork[Name]["answer"]> {
    const id = ++this.#last, waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    this.#worker.postMessage({ id, name, asked } satisfies WorkMessage);
    return waiting.promise as Promise<PageWork[Name]["answer"]>;
  }

  /** Ends the Worker, whatever it does. */
  close(): void {
    this.#worker.terminate();
  }
}
