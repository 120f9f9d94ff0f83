import type { Arguments, Flag } from "./flags/flags.ts";
import type { Terminal } from "./terminal.ts";

/** One command of the command line. */
export interface Command {
  /** The word that calls it. */
  name: string;
  /** What stands after the name, for help. */
  usage: string;
  /** What it does, in a line. */
  summary: string;
  /** Its flags; every command has `--help` and `--json`, too. */
  flags: readonly Flag[];
  /** Does it; the result is the exit status. */
  run(args: Arguments, terminal: Terminal): Promise<number>;
}
