import type { Budget } from "../../engine/run/budget.ts";
import { leased } from "./lease.ts";

/** The memory of the pictures that are fetched for one request, taken before the first of them. */
export class FetchRoom implements Disposable {
  #lease: Disposable | undefined;
  #left: number;

  /** Creates room for so many bytes, which a budget has once it is asked for. */
  constructor(readonly most: number, readonly budget: Budget) {
    this.#left = most;
  }

  /**
   * Returns what `download` gives, which is told the bytes that it may take.
   * @throws what `download` throws; the signal's reason where it is aborted while memory is waited for
   */
  async fetched(
    download: (most: number) => Promise<Uint8Array>,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    this.#lease ??= await leased(this.budget, this.most, signal);
    const bytes = await download(this.#left);
    this.#left -= bytes.length;
    return bytes;
  }

  /** Gives the memory back. */
  [Symbol.dispose](): void {
    this.#lease?.[Symbol.dispose]();
    this.#lease = undefined;
  }
}
