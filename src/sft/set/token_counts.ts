import type { PlannedSample } from "./planned_sample.ts";

/** The counts of a sample's tokens. */
export interface SampleTokens {
  /** Those of its row, or where there is no tokenizer, of its pictures. */
  readonly length: number;
  /** Those of its pictures. */
  readonly pictures: number;
  /** Those that a model learns to write. */
  readonly learnt: number;
  /** True where the row was cut. */
  readonly cut: boolean;
}

/** The count of a sample that is not planned, or whose recipe does not say how many tokens it becomes. */
const UNKNOWN = -1;

/** The tokens of a set's samples, by their places in the mixture, in 13 bytes a sample. */
export class TokenCounts {
  readonly #lengths: Int32Array;
  readonly #pictures: Int32Array;
  readonly #learnt: Int32Array;
  readonly #cut: Uint8Array;

  /** Creates the counts of `samples` samples, none of them known. */
  constructor(samples: number) {
    this.#lengths = new Int32Array(samples).fill(UNKNOWN);
    this.#pictures = new Int32Array(samples);
    this.#learnt = new Int32Array(samples);
    this.#cut = new Uint8Array(samples);
  }

  /** Counts the tokens of a sample. */
  add({ position, units, row }: PlannedSample): void {
    const counts = units.map(({ image }) => image.tokens);
    const planned = counts.includes(undefined) ? UNKNOWN : counts.reduce<number>((a, b) => a + b!, 0);
    this.#lengths[position] = row?.ids.length ?? planned;
    this.#pictures[position] = row?.spans.reduce((sum, { length }) => sum + length, 0) ?? planned;
    this.#learnt[position] = row === undefined ? 0 : learntIn(row.labels);
    this.#cut[position] = row !== undefined && row.whole > row.ids.length ? 1 : 0;
  }

  /** Returns the counts of the sample at `position`; undefined where they are not known. */
  of(position: number): SampleTokens | undefined {
    if (this.#lengths[position] === UNKNOWN) return undefined;
    return {
      length: this.#lengths[position],
      pictures: this.#pictures[position],
      learnt: this.#learnt[position],
      cut: this.#cut[position] === 1,
    };
  }
}

/** Returns the count of labels that are to be learnt. */
function learntIn(labels: Int32Array): number {
  let learnt = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] >= 0) learnt++;
  return learnt;
}
