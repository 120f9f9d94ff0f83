import type { SkippedSample } from "../../formats/manifest.ts";

/** One kind of what is wrong with samples. */
export interface Problem {
  /** The code of its errors. */
  readonly code: string;
  /** Its description, with `…` for names and values, and `N` for numbers. */
  readonly kind: string;
  /** The count of samples. */
  readonly count: number;
  /** The reasons of the first samples, in order. */
  readonly first: readonly string[];
}

/** The reasons that are kept of each kind. */
const FIRST = 3;

/** Returns the kinds of what is wrong with samples, the most frequent first. */
export function problemsOf(skipped: readonly SkippedSample[]): Problem[] {
  const kinds = Map.groupBy(skipped, ({ code, reason }) => `${code}: ${kindOf(reason)}`);
  return [...kinds.values()]
    .map((samples) => ({
      code: samples[0].code,
      kind: kindOf(samples[0].reason),
      count: samples.length,
      first: samples.slice(0, FIRST).map(({ reason }) => reason),
    }))
    .sort((a, b) => b.count - a.count);
}

/** Returns a reason without the sample's name, and without what differs from sample to sample. */
function kindOf(reason: string): string {
  return reason
    .replace(/^sample \d+ of .*?\): /, "")
    .replace(/(cannot read (?:the picture )?).*?(?=: | as a picture)/, "$1…")
    .replaceAll(/"(?:[^"\\]|\\.)*"?…?/g, "…")
    .replaceAll(/\S*[/\\]\S*[^\s:;,)]|\b(?!objects\.)[^\s()[\]]+\.\w{2,5}\b/g, "…")
    .replaceAll(/(?:(?<!\w)-)?\d+(?:\.\d+)?/g, "N")
    .replaceAll(/\bN (\w+?)s? wants? /g, "N $1s want ");
}
