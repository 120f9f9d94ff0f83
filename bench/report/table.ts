import { columnsText } from "../../src/cli/output/table.ts";
import type { Figure } from "./figure.ts";

/** Returns figures as a table, in the order in which they came. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { case: name, what, note = "" } = figure;
    return [name, what, ...(figure.rounds === 0 ? ["", "", "", "", ""] : cellsOf(figure)), note];
  });
  return columnsText([["case", "what", "median", "quartiles", "rounds", "ratio", "GB/s", "note"], ...rows]);
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

/** A number with three digits, or with all digits before the point where those are more. */
function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
