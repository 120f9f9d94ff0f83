/** A kind of work that a clock tells apart. */
export type WorkKind = "computing" | "decoding" | "planning" | "writing";

/** All kinds of work. Where several go on at one time, the first of them counts. */
const WORK_KINDS: readonly WorkKind[] = ["computing", "decoding", "planning", "writing"];

/**
 * The time that went into each kind of work, so that all kinds together are no longer than the clock's own
 * time. Decoding counts while nothing is computed: it is then what the work waits for.
 */
export class WorkClock {
  readonly #active = new Map<WorkKind, number>(WORK_KINDS.map((kind) => [kind, 0]));
  readonly #spent = new Map<WorkKind, number>(WORK_KINDS.map((kind) => [kind, 0]));
  #last = 0;

  /** Creates a clock; `now` returns ms, from any beginning. */
  constructor(readonly now: () => number = () => performance.now()) {}

  /** Does work of a kind, and returns what it does. */
  async during<T>(kind: WorkKind, work: () => T | Promise<T>): Promise<T> {
    this.#change(kind, 1);
    try {
      return await work();
    } finally {
      this.#change(kind, -1);
    }
  }

  /** The ms that went into each kind of work so far. */
  get spent(): Readonly<Record<WorkKind, number>> {
    this.#tick();
    return Object.fromEntries(this.#spent) as Record<WorkKind, number>;
  }

  #change(kind: WorkKind, by: 1 | -1): void {
    this.#tick();
    this.#active.set(kind, this.#active.get(kind)! + by);
  }

  /** Gives the time since the last tick to the first kind of work that goes on. */
  #tick(): void {
    const now = this.now(), kind = WORK_KINDS.find((kind) => this.#active.get(kind)! > 0);
    if (kind !== undefined) this.#spent.set(kind, this.#spent.get(kind)! + now - this.#last);
    this.#last = now;
  }
}
