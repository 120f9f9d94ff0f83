import type { LengthSummary } from "../../../sft/lengths/length_summary.ts";
import type { Problem } from "../../../sft/summary/problems.ts";
import { countText, shareText } from "../../../report/amounts.ts";
import { PAGE_STYLE } from "../../../report/page_style.ts";
import { Markup, markup } from "../../../report/markup.ts";
import { type SftReport, summaryRows } from "./sft_report.ts";
import { rangeText } from "./sft_tables.ts";

/** The look of tables, and of what is drawn in them. */
const STYLE = `
table { border-collapse: collapse; width: 100%; }
th, td { padding: .2rem .8rem .2rem 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { font-weight: 500; color: var(--dim); white-space: nowrap; }
tr { border-bottom: 1px solid var(--line); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.drawn { width: 60%; padding-right: 0; vertical-align: middle; }
.bar { height: .9rem; min-width: 1px; background: var(--bar); border-radius: 2px; }
li { overflow-wrap: anywhere; }
`;

/**
 * Returns a report as one page, which needs nothing beside it: no script, no picture, no network.
 * @param set the name of the data set
 */
export function sftPage(report: SftReport, set: string): string {
  const { tokens, problems } = report;
  const page = markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${set}: training set</title>
<style>${new Markup(PAGE_STYLE + STYLE)}</style>
</head>
<body>
<h1>${set}</h1>
<table>
${summaryRows(report).map(([name, value]) => markup`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}
</table>
${tokens === null ? [] : [lengthsSection(tokens), paddingSection(tokens)]}
${problems.length === 0 ? [] : [problemsSection(problems)]}
</body>
</html>
`;
  return page.html;
}

/** Returns the histogram of lengths. */
function lengthsSection({ histogram }: LengthSummary): Markup {
  const total = histogram.reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(...histogram.map(({ count }) => count));
  const rows = histogram.map((bar) =>
    drawnRow(`${rangeText(bar)} tokens`, `${bar.count} (${shareText(bar.count / total)})`, bar.count / most)
  );
  return markup`<h2>Samples by tokens</h2>
<table>
${rows}
</table>`;
}

/** Returns the padding of batches of each size, and of packs. */
function paddingSection({ padding, packing: { capacity, share, asked } }: LengthSummary): Markup {
  const rows = padding.map(({ batch, share }) => drawnRow(`batches of ${batch}`, shareText(share), share));
  const packed = `${asked ? "packed" : "if packed"} to ${capacity}`;
  return markup`<h2>Padding</h2>
<p>Batches are drawn at random, and each is padded to its longest sample.</p>
<table>
${[...rows, drawnRow(packed, shareText(share), share)]}
</table>`;
}

/** Returns a row of a name, a number and a bar of `share` of the width. */
function drawnRow(name: string, number: string, share: number): Markup {
  const width = (100 * share).toFixed(1);
  return markup`<tr><th scope="row">${name}</th><td class="number">${number}</td>
<td class="drawn"><div class="bar" style="width: ${width}%"></div></td></tr>`;
}

/** Returns what is wrong, by kind, with the first samples of each. */
function problemsSection(problems: readonly Problem[]): Markup {
  const count = problems.reduce((sum, { count }) => sum + count, 0);
  const kinds = problems.map(({ code, kind, count, first }) =>
    markup`<details open>
<summary>${countText(count, "sample")}, ${code}: ${kind}</summary>
<ul>
${first.map((reason) => markup`<li>${reason}</li>`)}
${count > first.length ? [markup`<li>and ${count - first.length} more</li>`] : []}
</ul>
</details>`
  );
  return markup`<h2>${countText(count, "bad sample")}</h2>
${kinds}`;
}
