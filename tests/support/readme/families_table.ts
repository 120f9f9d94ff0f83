/**
 * The table of families in README.md, made from what the goldens of transformers 5.17 hold and their test
 * proves. As a program it writes the table into README.md: `deno task build:readme`.
 *
 * @module
 */

import type { Backend } from "../../../src/recipes/backend.ts";
import { FAMILIES } from "../../../src/recipes/families/families.ts";
import {
  type Call,
  classOf,
  isSummedOnCuda,
  processorSuites,
  type Suite,
  tellsPython,
} from "../golden/processor_suites.ts";

/** The backends, in the order of the table's columns. */
const COLUMNS: readonly Backend[] = ["torchvision", "torchvision-cuda", "pil"];

const README = new URL("../../../README.md", import.meta.url);

/** Returns how many calls are equal to Python's in every byte, or refused as it refuses them. */
export function countCalls(): number {
  return processorSuites().filter((suite) => !isSummedOnCuda(suite)).flatMap(takenCalls).length;
}

/** The calls of a suite that say what Python gives. */
function takenCalls({ calls }: Suite): Call[] {
  return calls.filter(tellsPython);
}

/** Returns the table as Markdown, its columns as wide as their cells. */
export function familiesTable(): string {
  const suites = processorSuites();
  const rows = FAMILIES.map(({ name, models, types }) => {
    const own = suites.filter((suite) => types.includes(classOf(suite)));
    const outputs = new Set(
      own.flatMap(({ calls }) => calls.flatMap((call) => Object.keys(call.outputs ?? {}))),
    );
    outputs.delete("pixel_values");
    const counts = COLUMNS.map((column) => {
      const suites = own.filter(({ backend }) => backend === column),
        count = suites.flatMap(takenCalls).length;
      if (count === 0) return ""; // no such class, or none that gave a tensor
      return suites.some(isSummedOnCuda) ? `≈ ${count}` : String(count);
    });
    // That some stand for all models that take the same pictures is said below the table.
    return [models.replace(/,? and what .*$/, ""), name, [...outputs].join(", "), ...counts];
  });
  return markdown(["models", "family", "besides pixel_values", ...COLUMNS], rows);
}

/** Returns a table as `deno fmt` leaves it: the last columns are numbers, and stand to the right. */
function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)));
  const isNumber = (column: number) => column >= header.length - COLUMNS.length;
  const line = (cells: readonly string[]) => {
    const padded = cells.map((cell, i) => isNumber(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i]));
    return `| ${padded.join(" | ")} |`;
  };
  const rule = widths.map((width, i) => isNumber(i) ? `${"-".repeat(width - 1)}:` : "-".repeat(width));
  return [line(header), `| ${rule.join(" | ")} |`, ...rows.map(line)].join("\n");
}

/** Returns a page with its table of families, their count and the count of calls as the goldens have them. */
export function withFamilies(page: string): string {
  const calls = `${countText(countCalls())} calls`;
  return withTable(page, familiesTable())
    .replace(/\*\*\d+ model families/, `**${FAMILIES.length} model families`)
    .replace(/\d[\d ]* calls of transformers/, `${calls} of transformers`)
    .replace(/\d[\d ]* calls( +)\|$/m, (old) => `${calls} `.padEnd(old.length - 1) + "|");
}

/** A count as the README writes it: `17 694`. */
export function countText(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, " ");
}

function withTable(page: string, table: string): string {
  const lines = page.split("\n"), from = lines.findIndex((line) => line.startsWith("| models "));
  const to = lines.findIndex((line, index) => index > from && !line.startsWith("|"));
  return [...lines.slice(0, from), ...table.split("\n"), ...lines.slice(to)].join("\n");
}

if (import.meta.main) {
  const page = await Deno.readTextFile(README);
  await Deno.writeTextFile(README, withFamilies(page));
  console.log(`README.md has ${FAMILIES.length} families`);
}
