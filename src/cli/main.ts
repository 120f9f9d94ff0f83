/**
 * The command line. It needs `--allow-read` (pictures, shaders, WebAssembly codecs) and `--allow-write` (what it makes).
 * With `--allow-env --allow-ffi --allow-sys` it decodes with sharp, whose code is native, and reads more formats. It never
 * uses the network and starts no program.
 *
 * @module
 */

import { messageOf, VitrailError } from "../errors.ts";
import { nearestText } from "../recipes/nearest_text.ts";
import type { Command } from "./command.ts";
import { doctorCommand } from "./commands/doctor_command.ts";
import { inspectCommand } from "./commands/inspect_command.ts";
import { mergeCommand } from "./commands/merge_command.ts";
import { planCommand } from "./commands/plan_command.ts";
import { recipesCommand } from "./commands/recipes_command.ts";
import { sftCommand } from "./commands/sft_command.ts";
import { tileCommand } from "./commands/tile_command.ts";
import { verifyCommand } from "./commands/verify_command.ts";
import { readArguments } from "./flags/flags.ts";
import { commandHelpText, COMMON_FLAGS, helpText } from "./help.ts";
import { errorDocument } from "./output/output.ts";
import { processTerminal, type Terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

const COMMANDS: readonly Command[] = [
  tileCommand,
  planCommand,
  verifyCommand,
  inspectCommand,
  sftCommand,
  mergeCommand,
  recipesCommand,
  doctorCommand,
];

/** Runs the command line; the result is the exit status: 0, 1 where the work failed, 2 for wrong usage or a wrong recipe. */
export function main(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  return reporting(args, terminal, () => dispatch(args, terminal));
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  if (name === "--version" || name === "-V") return say(terminal, VERSION);
  if (name === "help" && rest.length > 0) return await dispatch([...rest, "--help"], terminal);
  if (name === "--help" || name === "-h" || name === "help") return say(terminal, helpText(COMMANDS));
  if (name === undefined) {
    throw new VitrailError("usage", `no command given; vitrail --help lists them`);
  }
  const command = COMMANDS.find((known) => known.name === name);
  if (command) return await runCommand(command, rest, terminal);
  const names = COMMANDS.map((known) => known.name);
  throw new VitrailError(
    "usage",
    `there is no command "${name}"${nearestText(name, names)}; there are ${names.join(", ")}`,
  );
}

function say(terminal: Terminal, text: string): number {
  terminal.out(text);
  return 0;
}

/** Runs one command on its own arguments, or prints its help. */
export async function runCommand(
  command: Command,
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const read = readArguments(args, [...command.flags, ...COMMON_FLAGS]);
  if (read.on("help")) return say(terminal, commandHelpText(command));
  return await command.run(read, terminal);
}

/** Runs `work`; what a user did wrong becomes a message, and with `--json` a document. */
export async function reporting(
  args: readonly string[],
  terminal: Terminal,
  work: () => Promise<number>,
): Promise<number> {
  try {
    return await work();
  } catch (error) {
    terminal.status?.("");
    terminal.err(`vitrail: ${error instanceof VitrailError ? error.message : messageOf(error)}`);
    if (args.includes("--json")) terminal.out(JSON.stringify({ error: errorDocument(error) }, null, 2));
    if (error instanceof VitrailError) return ["usage", "recipe"].includes(error.code) ? 2 : 1;
    if (error instanceof Error) terminal.err(`This is a bug of Vitrail's; please report it.\n${error.stack}`);
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
