import { bytesText, countText, durationText, shareText } from "../../report/amounts.ts";
import type { Terminal } from "./terminal.ts";

/** The ways to show progress; `auto` is a bar where somebody watches, and lines where nobody does. */
export const PROGRESS_STYLES = ["auto", "bar", "lines", "json", "none"] as const;

/** A way to show progress. */
export type ProgressStyle = typeof PROGRESS_STYLES[number];

/** A work under way. */
export interface WorkDone {
  /** The work, such as `planning`. */
  readonly work: string;
  /** The things that are counted, such as `samples`. */
  readonly things: string;
  readonly done: number;
  readonly total: number;
  /** Those of `done` that were done before the work began; absent for none. */
  readonly found?: number;
  /** Bytes that were written; absent where nothing is. */
  readonly bytes?: number;
  /** Shards that are made again, since files of their pictures differ; absent for none. */
  readonly exchanged?: number;
  /** Things that were left out. */
  readonly skipped: number;
  /** The makers that are at work; absent where this process alone is. */
  readonly makers?: number;
}

/** Ms between two pictures of the progress: a bar, a line, a document. */
const PAUSES: Readonly<Record<Exclude<ProgressStyle, "auto" | "none">, number>> = {
  bar: 100,
  lines: 30_000,
  json: 1000,
};

/** Ms from the beginning of a work to its first line. */
const FIRST_LINE = 3000;

/** Characters of the bar. */
const BAR = 10;

/** Shows the progress of one work after another, on standard error. */
export class ProgressReport {
  readonly #terminal: Terminal;
  readonly #style: Exclude<ProgressStyle, "auto">;
  #work = "";
  #began = 0;
  #shown = 0;

  /** Creates a report; `now` returns ms, from any beginning. */
  constructor(
    terminal: Terminal,
    style: ProgressStyle,
    readonly now: () => number = () => performance.now(),
  ) {
    this.#terminal = terminal;
    this.#style = style !== "auto" ? style : terminal.status ? "bar" : "lines";
  }

  /** Shows a work under way, unless something was shown a moment ago. A bar appears at once. */
  show(done: WorkDone): void {
    const now = this.now();
    if (done.work !== this.#work) {
      this.#work = done.work;
      this.#began = now;
      this.#shown = this.#style === "lines" ? now - PAUSES.lines + FIRST_LINE : -Infinity;
    }
    if (this.#style === "none" || now - this.#shown < PAUSES[this.#style]) return;
    this.#shown = now;
    const seconds = (now - this.#began) / 1000;
    if (this.#style === "json") this.#terminal.err(JSON.stringify(progressDocument(done, seconds)));
    else if (this.#style === "bar") {
      this.#terminal.status?.(`${barText(done)} ${progressText(done, seconds)}`);
    } else this.#terminal.err(`${done.work}: ${progressText(done, seconds)}`);
  }

  /** Wipes the bar, before other lines are written. */
  end(): void {
    if (this.#style === "bar") this.#terminal.status?.("");
  }
}

/**
 * Shows a run's pictures from its beginning on; returns its `onProgress`, which wipes the bar after the last.
 * @param total how many pictures there are
 */
export function pictureProgress(
  terminal: Terminal,
  work: string,
  total: number,
): (done: number, total: number) => void {
  const report = new ProgressReport(terminal, "auto");
  const show = (done: number, total: number) => {
    if (done < total) report.show({ work, things: "pictures", done, total, skipped: 0 });
    else report.end();
  };
  show(0, total);
  return show;
}

/** Returns a work under way as JSON gives it; null for what nobody knows yet. */
export function progressDocument(done: WorkDone, seconds: number) {
  const { rate, left } = paceOf(done, seconds);
  return { ...done, seconds, rate: rate ?? null, secondsLeft: left ?? null };
}

/** Returns a work under way as text: `120 of 900 pictures, 13.3%, 34.5/s, 23 s left, 1.2 GiB, 3 skipped`. */
export function progressText(done: WorkDone, seconds: number): string {
  const { rate, left } = paceOf(done, seconds), { bytes, skipped, exchanged = 0, makers } = done;
  return [
    `${done.done} of ${done.total} ${done.things}`,
    shareText(done.total === 0 ? 1 : done.done / done.total),
    ...(rate === undefined ? [] : [`${rate.toFixed(1)}/s`, `${durationText(left!)} left`]),
    ...(bytes === undefined || bytes === 0 ? [] : [bytesText(bytes)]),
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
    ...(exchanged === 0 ? [] : [`${countText(exchanged, "shard")} again, of pictures that differ`]),
    ...(makers === undefined ? [] : [countText(makers, "maker")]),
  ].join(", ");
}

/** Returns the things done a second, and the seconds left; undefined before anything is done. */
function paceOf({ done, total, found = 0 }: WorkDone, seconds: number): { rate?: number; left?: number } {
  const made = done - found;
  if (made === 0 || seconds === 0) return {};
  const rate = made / seconds;
  return { rate, left: (total - done) / rate };
}

function barText({ work, done, total }: WorkDone): string {
  const full = Math.floor(BAR * (total === 0 ? 1 : done / total));
  return `${work} ${"█".repeat(full)}${"░".repeat(BAR - full)}`;
}
