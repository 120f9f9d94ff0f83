import type { Command } from "./command.ts";
import type { Flag } from "./flags/flags.ts";
import { VERSION } from "./version.ts";

/** Flags that every command has. */
export const COMMON_FLAGS: readonly Flag[] = [
  { name: "json", text: "print one JSON document and nothing else" },
  { name: "help", text: "print this" },
];

/** What `vitrail --help` prints. */
export function helpText(commands: readonly Command[]): string {
  return [
    `vitrail ${VERSION}: pictures to the tensors that multi-image vision-language models take`,
    "",
    "Usage: vitrail COMMAND [ARGUMENTS]",
    "",
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    "",
    "vitrail COMMAND --help says more; vitrail --version prints the version.",
    "Exit status: 0, 1 where the work failed, 2 for wrong usage or a wrong recipe.",
  ].join("\n");
}

/** What `vitrail COMMAND --help` prints. */
export function commandHelpText({ name, usage, summary, flags }: Command): string {
  return [
    `Usage: ${["vitrail", name, usage].filter(Boolean).join(" ")}`,
    "",
    `${summary[0].toUpperCase()}${summary.slice(1)}.`,
    ...(/FILE/.test(usage)
      ? ["FILES are pictures, folders of them or globs; one named -a.jpg is ./-a.jpg."]
      : []),
    "",
    ...columns([...flags, ...COMMON_FLAGS].map((flag) => [flagText(flag), explained(flag)])),
  ].join("\n");
}

function flagText({ name, value, choices }: Flag): string {
  return `--${name}${value === undefined ? "" : ` ${choices?.join("|") ?? value}`}`;
}

function explained(flag: Flag): string {
  const notes = [flag.default && `default ${flag.default}`, flag.repeatable && "repeatable"].filter(Boolean);
  return flag.text + (notes.length > 0 ? ` (${notes.join(", ")})` : "");
}

function columns(rows: readonly [string, string][]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
