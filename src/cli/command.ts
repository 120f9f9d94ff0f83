import { messageOf, VitrailError } from "../errors.ts";
import { type Arguments, type Flag, readArguments } from "./flags/arguments.ts";
import { painted } from "./output/colours.ts";
import { termsText, wrapped } from "./output/table.ts";
import { errorDocument, printDocument, type Terminal, textWidth } from "./output/terminal.ts";

/** One command of the command line. */
export interface Command {
  /** The word that names it. */
  name: string;
  /** The words that start it; `vitrail` and its name where absent. */
  startedBy?: string;
  /** The arguments that may follow its name, for its help. */
  usage: string;
  /** The values of its one argument, where there are only these. */
  choices?: readonly string[];
  /** One sentence of help that says what it does; it begins with a verb, and has no full stop. */
  summary: string;
  /** More sentences of help, which stand under the summary. */
  details?: string;
  /** Its own flags; every command also has `--json` and `--help`. */
  flags: readonly Flag[];
  /** Does its work and returns the exit status. */
  perform(args: Arguments, terminal: Terminal): Promise<number>;
}

/** The flags that every command has. */
export const COMMON_FLAGS: readonly Flag[] = [
  { name: "json", text: "print one JSON document and nothing else on standard output" },
  { name: "help", text: "print this help" },
];

/** Performs one command on its own arguments, or prints its help; returns the exit status. */
export async function performCommand(
  command: Command,
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const read = readArguments(args, [...command.flags, ...COMMON_FLAGS]);
  if (!read.on("help")) return await command.perform(read, terminal);
  terminal.out(commandHelpText(command, terminal));
  return 0;
}

/** The help of one command, wrapped to the terminal's width. */
function commandHelpText(command: Command, terminal: Terminal): string {
  const { name, startedBy, usage, summary, details, flags } = command;
  const width = textWidth(terminal), colours = terminal.colours?.out;
  const sentences = [
    `${summary[0].toUpperCase()}${summary.slice(1)}.`,
    ...(details ? [details] : []),
    ...(/\bFILES\b/.test(usage)
      ? ["FILES are pictures, folders of them or globs; one named -a.jpg is given as ./-a.jpg."]
      : []),
  ];
  return [
    ...wrapped(`Usage: ${[startedBy ?? `vitrail ${name}`, usage].filter(Boolean).join(" ")}`, width - 4)
      .map((line, index) => index === 0 ? painted(colours, "bold", line) : `    ${line}`),
    "",
    ...sentences.flatMap((text) => wrapped(text, width)),
    "",
    termsText(
      [...flags, ...COMMON_FLAGS].map((flag) => [flagText(flag), explanation(flag)]),
      width,
      (flag) => painted(colours, "cyan", flag),
    ),
  ].join("\n");
}

/** The longest that choices may be to stand behind their flag in help, characters. */
const SHORT = 32;

/** Returns a flag with its choices, where they are short, or with the name of its value. */
function flagText({ name, value, choices }: Flag): string {
  const shown = isShort(choices) ? choices!.join("|") : value;
  return `--${name}${shown === undefined ? "" : ` ${shown}`}`;
}

function explanation(flag: Flag): string {
  const notes = [
    flag.choices && !isShort(flag.choices) && `one of ${flag.choices.join(", ")}`,
    flag.default && `default ${flag.default}`,
    flag.repeatable && "repeatable",
  ].filter(Boolean);
  return flag.text + (notes.length > 0 ? ` (${notes.join("; ")})` : "");
}

function isShort(choices: Flag["choices"]): boolean {
  return choices !== undefined && choices.join("|").length <= SHORT;
}

/**
 * Does `work` and returns its exit status. An error becomes a line on standard error, and with `--json` a
 * document on standard output. The status is then 2 for wrong usage or a wrong recipe, and 1 otherwise.
 */
export async function exitStatusOf(
  args: readonly string[],
  terminal: Terminal,
  work: () => Promise<number>,
): Promise<number> {
  try {
    return await work();
  } catch (error) {
    terminal.status?.("");
    const name = painted(terminal.colours?.err, "red", "vitrail:");
    terminal.err(`${name} ${error instanceof VitrailError ? error.message : messageOf(error)}`);
    if (args.includes("--json")) printDocument(terminal, { error: errorDocument(error) });
    if (error instanceof VitrailError) return ["usage", "recipe"].includes(error.code) ? 2 : 1;
    if (error instanceof Error) terminal.err(`This is a bug of Vitrail's; please report it.\n${error.stack}`);
    return 1;
  }
}
