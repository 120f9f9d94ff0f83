import type { Figure } from "./figure.ts";

/** The figures as a table, in the order in which they came. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map(({ case: name, what, runs, note = "", ...figure }) => [
    name,
    what,
    ...(runs === 0 ? ["", "", "", "", ""] : cellsOf(figure, runs)),
    note,
  ]);
  const head = ["case", "what", "median", "quartiles", "runs", "ratio", "GB/s", "note"];
  return aligned([head, ...rows]);
}

function cellsOf(figure: Omit<Figure, "case" | "what" | "runs" | "note">, runs: number): string[] {
  const { median, unit, spread, ratio, against, gigabytesPerSecond } = figure;
  return [
    `${short(median)} ${unit}`,
    runs > 1 ? `${short(spread[0])} to ${short(spread[1])}` : "",
    String(runs),
    ratio === undefined ? "" : `${short(ratio)} × ${against}`,
    gigabytesPerSecond === undefined ? "" : short(gigabytesPerSecond),
  ];
}

/** Three digits, or all before the point. */
function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function aligned(rows: string[][]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i])).join("  ").trimEnd()).join("\n");
}
