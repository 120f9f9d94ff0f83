import type { Beat } from "./messages/beat.ts";
import type { ShardReport } from "./messages/shard_report.ts";
import type { SetOrder } from "./messages/set_order.ts";

/** The multiple of an order's patience for which a maker may be silent before it counts as gone. */
const SILENCE = 2;

/** A report of a shard's last try. */
type Try = Exclude<ShardReport, { state: "made" }>;

/**
 * The makers of a set, as their signs of life tell. All times are of this machine's steady clock, when a sign
 * came: the clocks of others decide nothing.
 */
export class Makers {
  readonly #heard = new Map<string, { readonly at: number; readonly beat?: Beat }>();
  readonly #lastTries = new Map<number, Try>();

  /** Knows no maker yet; `now` returns ms, from any beginning. */
  constructor(
    readonly order: Pick<SetOrder, "patience" | "tries">,
    readonly now: () => number = () => performance.now(),
  ) {}

  /** Hears a sign of life. */
  hear(beat: Beat): void {
    this.#heard.set(beat.maker, { at: this.now(), beat });
  }

  /** Takes note of a report, which is a sign of life as well. */
  note(report: ShardReport): void {
    const { maker, shard } = report, beat = this.#heard.get(maker)?.beat;
    const ended = report.state !== "begun" && beat?.shard === shard;
    this.#heard.set(maker, { at: this.now(), ...(!ended && { beat }) });
    if (report.state === "begun" && report.tries >= this.order.tries) this.#lastTries.set(shard, report);
    else this.#lastTries.delete(shard);
  }

  /** The count of makers that are not gone. */
  get count(): number {
    return [...this.#heard.keys()].filter((maker) => !this.#isGone(maker)).length;
  }

  /** Returns the pictures of shards at work that are made so far; `counts` says which shards count. */
  picturesAtWork(counts: (shard: number) => boolean): number {
    const own = [...this.#heard].flatMap(([maker, { beat }]) => {
      return beat !== undefined && counts(beat.shard) && !this.#isGone(maker) ? [beat] : [];
    });
    return own.reduce((sum, { pictures }) => sum + pictures, 0);
  }

  /**
   * Returns the last tries of shards whose makers are gone, each once.
   * @param since the time since which signs of life would have come
   */
  lost(since: number): Try[] {
    const gone = [...this.#lastTries.values()].filter(({ maker }) => this.#isGone(maker, since));
    for (const { shard } of gone) this.#lastTries.delete(shard);
    return gone;
  }

  #isGone(maker: string, since = 0): boolean {
    const last = Math.max(since, this.#heard.get(maker)?.at ?? 0);
    return this.now() - last > SILENCE * this.order.patience;
  }
}
