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

/** The count of a sample whose recipe does not say how many tokens it becomes. */
const UNKNOWN = -1;

/** The tokens of a shard's samples, in 13 bytes a sample. */
export class TokenCounts {
  readonly #lengths: Int32Array;
  readonly #pictures: Int32Array;
  readonly #learnt: Int32Array;
  readonly #cut: Uint8Array;

  /** Creates the counts of samples, in their order. */
  constructor(samples: readonly SampleTokens[]) {
    this.#lengths = Int32Array.from(samples, ({ length }) => length);
    this.#pictures = Int32Array.from(samples, ({ pictures }) => pictures);
    this.#learnt = Int32Array.from(samples, ({ learnt }) => learnt);
    this.#cut = Uint8Array.from(samples, ({ cut }) => cut ? 1 : 0);
  }

  /** Returns the counts of the sample at `index`; undefined where they are not known. */
  at(index: number): SampleTokens | undefined {
    if (this.#lengths[index] === UNKNOWN) return undefined;
    return {
      length: this.#lengths[index],
      pictures: this.#pictures[index],
      learnt: this.#learnt[index],
      cut: this.#cut[index] === 1,
    };
  }
}

/** Counts the tokens of a sample; lengths that are not known are -1. */
export function tokensOf({ units, row }: PlannedSample): SampleTokens {
  const counts = units.map(({ image }) => image.tokens);
  const planned = counts.includes(undefined) ? UNKNOWN : counts.reduce<number>((a, b) => a + b!, 0);
  return {
    length: row?.ids.length ?? planned,
    pictures: row?.spans.reduce((sum, { length }) => sum + length, 0) ?? planned,
    learnt: row === undefined ? 0 : learntIn(row.labels),
    cut: row !== undefined && row.whole > row.ids.length,
  };
}

/** Returns the count of labels that are to be learnt. */
function learntIn(labels: Int32Array): number {
  let learnt = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] >= 0) learnt++;
  return learnt;
}
