import { columnsText } from "../../src/cli/output/table.ts";
import type { Figure } from "./figure.ts";

const HEADER = ["case", "what", "median", "quartiles", "rounds", "ratio", "GB/s", "note"];

/** Returns figures as a table, in the order in which they came. */
export function tableOf(figures: readonly Figure[]): string {
  return columnsText([HEADER, ...figures.map(rowOf)]);
}

/** Returns figures as a table of Markdown. */
export function markdownOf(figures: readonly Figure[]): string {
  return markdownTable([HEADER, ...figures.map(rowOf)]);
}

/** Returns rows as a table of Markdown, the first of them as its header. */
export function markdownTable([header, ...rows]: readonly (readonly string[])[]): string {
  const lines = [header, header.map(() => "---"), ...rows];
  return lines.map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`).join("\n");
}

function rowOf(figure: Figure): string[] {
  const { case: name, what, note = "" } = figure;
  return [name, what, ...(figure.rounds === 0 ? ["", "", "", "", ""] : cellsOf(figure)), note];
}

function cellsOf({ median, unit, spread, rounds, ratio, against, gigabytesPerSecond }: Figure): string[] {
  return [
    `${short(median)} ${unit}`,
    rounds > 1 ? `${short(spread[0])} to ${short(spread[1])}` : "",
    String(rounds),
    ratio === undefined ? "" : `${short(ratio)} × ${against}`,
    gigabytesPerSecond === undefined ? "" : short(gigabytesPerSecond),
  ];
}

/** Returns a number with three digits, or with all digits before the point where those are more. */
export function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
