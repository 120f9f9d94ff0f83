import type { CompletedCommand, CompletedFlag } from "./completed_command.ts";

/** Returns the script by which fish completes the command line. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ name, summary, choices, flags }) => [
    `complete -c vitrail -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
    ...(choices.length > 0
      ? [`complete -c vitrail -n ${quoted(seen(name))} -f -a ${quoted(choices.join(" "))}`]
      : []),
    ...flags.map((flag) => `complete -c vitrail -n ${quoted(seen(name))} -l ${flag.name}${rest(flag)}`),
  ]);
  return [
    "# vitrail's completion for fish: vitrail completions fish > ~/.config/fish/completions/vitrail.fish",
    ...lines,
  ].join("\n");
}

/** The condition that a command's name stands on the line. */
function seen(name: string): string {
  return `__fish_seen_subcommand_from ${name}`;
}

/** Returns what fish is told of a flag: `-x` keeps files out, `-r` asks for a value. */
function rest({ text, takesValue, values, only }: CompletedFlag): string {
  const value = takesValue ? (only ? " -x" : " -r") : "";
  return `${value}${values.length > 0 ? ` -a ${quoted(values.join(" "))}` : ""} -d ${quoted(text)}`;
}

/** Returns a text as fish takes it, literally. */
function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
