/**
 * The command line. It needs `--allow-read` (pictures, shaders, WebAssembly decoders) and `--allow-write`
 * (the files that it makes). With `--allow-env --allow-ffi --allow-sys` it decodes with sharp, whose code is
 * native, and reads more formats. With `--allow-net` it finds models by their names on the hub, and with
 * `--allow-env` in the cache that Python keeps of them, reaches the queues of `sft --queue` and `work`, and
 * `serve` listens. Nothing else uses the network, and no program is started.
 *
 * @module
 */

import { VitrailError } from "../errors.ts";
import { nearestText } from "../given/nearest_text.ts";
import { type Command, exitStatusOf, performCommand } from "./command.ts";
import { completionsCommand } from "./commands/completions_command.ts";
import { doctorCommand } from "./commands/doctor_command.ts";
import { exportCommand } from "./commands/export_command.ts";
import { inspectCommand } from "./commands/inspect_command.ts";
import { mergeCommand } from "./commands/merge_command.ts";
import { planCommand } from "./commands/plan_command.ts";
import { recipesCommand } from "./commands/recipes_command.ts";
import { serveCommand } from "./commands/serve_command.ts";
import { sftCommand } from "./commands/sft_command.ts";
import { tileCommand } from "./commands/tile_command.ts";
import { verifyCommand } from "./commands/verify_command.ts";
import { workCommand } from "./commands/work_command.ts";
import { VERSION } from "../report/version.ts";
import { painted } from "./output/colours.ts";
import { termsText, wrapped } from "./output/table.ts";
import { processTerminal, type Terminal, textWidth } from "./output/terminal.ts";

/** Every command, in the order of the help. */
const COMMANDS: readonly Command[] = [
  tileCommand,
  planCommand,
  verifyCommand,
  inspectCommand,
  sftCommand,
  workCommand,
  mergeCommand,
  exportCommand,
  serveCommand,
  recipesCommand,
  doctorCommand,
  completionsCommand(() => COMMANDS),
];

/**
 * Performs the command that the arguments name. Returns the exit status: 0, 1 where the work failed, 2 for
 * wrong usage or a wrong recipe.
 */
export function main(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  return exitStatusOf(args, terminal, () => dispatch(args, terminal));
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  if (name === "--version" || name === "-V") return say(terminal, VERSION);
  if (name === "help" && rest.length > 0) return await dispatch([...rest, "--help"], terminal);
  if (name === undefined || ["--help", "-h", "help"].includes(name)) {
    return say(terminal, helpText(terminal));
  }
  const command = COMMANDS.find((known) => known.name === name);
  if (command) return await performCommand(command, rest, terminal);
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

/** The help of the whole command line, wrapped to the terminal's width. */
function helpText(terminal: Terminal): string {
  const width = textWidth(terminal), colours = terminal.colours?.out;
  const what = `vitrail ${VERSION}: pictures to the tensors that multi-image vision-language models take`;
  return [
    ...wrapped(what, width),
    "",
    painted(colours, "bold", "Usage: vitrail COMMAND [ARGUMENTS]"),
    "",
    termsText(
      COMMANDS.map(({ name, summary }) => [name, summary]),
      width,
      (name) => painted(colours, "cyan", name),
    ),
    "",
    ...wrapped(
      "vitrail COMMAND --help lists a command's flags; vitrail --version prints the version. " +
        "Exit status: 0, 1 where the work failed, 2 for wrong usage or a wrong recipe.",
      width,
    ),
  ].join("\n");
}

if (import.meta.main) Deno.exit(await main(Deno.args));
