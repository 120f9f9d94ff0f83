import { Refusal } from "./answers/error_answer.ts";

/** The end of the time of one request, and whatever else ends its work: its client, and the service. */
export class Deadline implements Disposable {
  readonly #ending = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #others: readonly AbortSignal[];
  #bodyIsRead = false;

  /** Begins the time of a request, in ms; the work also ends when one of `others` is aborted. */
  constructor(timeout: number, ...others: AbortSignal[]) {
    this.#others = others;
    const seconds = timeout / 1000;
    this.#timer = setTimeout(() => {
      const refusal = this.#bodyIsRead
        ? new Refusal(504, "limit", `the work takes more than ${seconds} s`)
        : new Refusal(408, "limit", `the body has not come within ${seconds} s`);
      this.#ending.abort(refusal);
    }, timeout);
    for (const other of others) {
      if (other.aborted) this.#ending.abort(other.reason);
      else other.addEventListener("abort", this.#end);
    }
  }

  readonly #end = (event: Event) => this.#ending.abort((event.target as AbortSignal).reason);

  /** Aborted when the time is over. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Notes that the body is there: from now on the time is the service's. */
  bodyIsRead(): void {
    this.#bodyIsRead = true;
  }

  /** Ends the watching. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    for (const other of this.#others) other.removeEventListener("abort", this.#end);
  }
}
