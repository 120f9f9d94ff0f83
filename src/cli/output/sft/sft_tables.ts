import type { LengthBar } from "../../../sft/lengths/histogram.ts";
import type { LengthSummary } from "../../../sft/lengths/length_summary.ts";
import type { Problem } from "../../../sft/summary/problems.ts";
import { countText, shareText } from "../../../report/amounts.ts";
import { columnsText } from "../table.ts";

/** The longest bar of a histogram, in characters. */
const BAR = 40;

/** The kinds of problems that are listed; the others are counted. */
const KINDS = 12;

/** Eighths of a character, from none to all but one. */
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** Returns the histogram of lengths, drawn. */
export function samplesByTokensText({ histogram }: LengthSummary): string {
  const total = histogram.reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(...histogram.map(({ count }) => count));
  const rows = histogram.map((bar) => [
    `  ${rangeText(bar)}`,
    `${bar.count}`,
    shareText(bar.count / total),
    barText(bar.count / most),
  ]);
  const header = ["  tokens", "samples", "share", ""];
  return columnsText([header, ...rows], [true, true, true, false]);
}

/** Returns the lengths that a bar counts. */
export function rangeText({ from, to }: LengthBar): string {
  if (to === null) return `${from} and more`;
  return to - from === 1 ? `${from}` : `${from}–${to - 1}`;
}

/** Returns a bar for a share of the longest one. */
function barText(share: number): string {
  const eighths = Math.round(share * BAR * 8);
  return "█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}

/** Returns the padding of batches of each size, and of packs. */
export function paddingText({ padding, packing }: LengthSummary): string {
  const { capacity, share } = packing;
  const batches = padding.map(({ batch, share }) => [`${batch}`, shareText(share)]);
  const rows = [...batches, [`packed to ${capacity}`, shareText(share)]];
  return columnsText([
    ["  batch of", ...rows.map(([name]) => name)],
    ["  padding", ...rows.map(([, padded]) => padded)],
  ], [false, ...rows.map(() => true)]);
}

/** Returns what is wrong, by kind, with the first samples of each. */
export function problemsText(problems: readonly Problem[]): string {
  const count = problems.reduce((sum, { count }) => sum + count, 0);
  const lines = problems.slice(0, KINDS).flatMap(({ code, kind, count, first }) => [
    `${countText(count, "sample")}, ${code}: ${kind}`,
    ...first.map((reason) => `  ${reason}`),
    ...(count > first.length ? [`  and ${count - first.length} more`] : []),
  ]);
  const others = problems.slice(KINDS).reduce((sum, { count }) => sum + count, 0);
  if (others > 0) lines.push(`${countText(others, "sample")} of other kinds; --json lists all`);
  return [`${countText(count, "bad sample")}, of ${countText(problems.length, "kind")}`, ...lines].join("\n");
}
