/**
 * The table of families in README.md, made from what the goldens of transformers 5.17 hold and their test
 * proves. As a program it writes the table into README.md: `deno task build:readme`.
 *
 * @module
 */

import type { Backend } from "../../../src/recipes/backend.ts";
import { FAMILIES } from "../../../src/recipes/families/families.ts";
import { golden } from "../golden/golden.ts";

/** The calls of one class, made in one way. */
interface Suite {
  class: string;
  calls: { outputs?: Record<string, unknown>; error?: string }[];
}

/** The golden of each backend, in the order of the table's columns. */
const COLUMNS: readonly { file: string; backend: Backend; title: string }[] = [
  { file: "torchvision", backend: "torchvision", title: "torchvision" },
  { file: "cuda", backend: "torchvision-cuda", title: "torchvision-cuda" },
  { file: "pil", backend: "pil", title: "pil" },
];

const README = new URL("../../../README.md", import.meta.url);

/** Returns how many calls of a golden say what Python gives. */
export function countCalls(file: string): number {
  const suites = golden<{ results: Suite[] }>(`tf517/${file}`).results;
  return suites.flatMap(({ calls }) => calls.filter(tellsPython)).length;
}

/** Returns the table as Markdown, its columns as wide as their cells. */
export function familiesTable(): string {
  const files = COLUMNS.map(({ file }) => golden<{ results: Suite[] }>(`tf517/${file}`).results);
  const header = ["models", "family", "besides pixel_values", ...COLUMNS.map(({ title }) => title)];
  const rows = FAMILIES.map(({ name, models, types }) => {
    const own = files.map((suites) =>
      suites.filter((suite) => types.includes(suite.class.replace(/Pil$/, "")))
    );
    const calls = own.map((suites) => suites.flatMap(({ calls }) => calls.filter(tellsPython)));
    const outputs = new Set(calls.flat().flatMap(({ outputs = {} }) => Object.keys(outputs)));
    outputs.delete("pixel_values");
    const counts = calls.map(({ length }) => length === 0 ? "" : String(length));
    // That some stand for all models that take the same pictures is said below the table.
    return [models.replace(/,? and what .*$/, ""), name, [...outputs].join(", "), ...counts];
  });
  return markdown(header, rows);
}

/** Tells whether a call says what Python gives: not where Python's own code broke. */
function tellsPython({ error }: { error?: string }): boolean {
  return error === undefined || !/^(AttributeError|TypeError)/.test(error);
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

/** Returns a page with its table of families replaced. */
export function withTable(page: string, table: string): string {
  const lines = page.split("\n"), from = lines.findIndex((line) => line.startsWith("| models "));
  const to = lines.findIndex((line, index) => index > from && !line.startsWith("|"));
  return [...lines.slice(0, from), ...table.split("\n"), ...lines.slice(to)].join("\n");
}

if (import.meta.main) {
  const page = await Deno.readTextFile(README);
  await Deno.writeTextFile(README, withTable(page, familiesTable()));
  console.log(`README.md has ${FAMILIES.length} families`);
}
