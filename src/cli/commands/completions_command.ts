import { VitrailError } from "../../errors.ts";
import { nearestText } from "../../given/nearest_text.ts";
import type { Command } from "../command.ts";
import { bashCompletion } from "../completions/bash_completion.ts";
import { type CompletedCommand, completedCommand } from "../completions/completed_command.ts";
import { fishCompletion } from "../completions/fish_completion.ts";
import { zshCompletion } from "../completions/zsh_completion.ts";
import { print } from "../output/terminal.ts";

/** The maker of a script, by the shell that reads it. */
const SHELLS: Readonly<Record<string, (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** `vitrail completions`: prints a script by which a shell completes commands, flags and their values. */
export function completionsCommand(commands: () => readonly Command[]): Command {
  const shells = Object.keys(SHELLS);
  return {
    name: "completions",
    usage: shells.join("|"),
    choices: shells,
    summary: "print the script by which a shell completes commands, flags and their values",
    details:
      "bash reads it by: source <(vitrail completions bash). zsh likewise, after compinit. fish finds " +
      "it as ~/.config/fish/completions/vitrail.fish.",
    flags: [],
    perform(args, terminal) {
      const [shell, ...others] = args.rest;
      if (shell === undefined || others.length > 0 || !shells.includes(shell)) {
        const found = args.rest.join(" ") || "none", nearest = shell ? nearestText(shell, shells) : "";
        throw new VitrailError(
          "usage",
          `name a shell, one of ${shells.join(", ")}, found ${found}${nearest}`,
        );
      }
      const script = SHELLS[shell](commands().map(completedCommand));
      print(terminal, args.on("json"), { shell, script }, () => script);
      return Promise.resolve(0);
    },
  };
}
