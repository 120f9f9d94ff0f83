import { type Command, COMMON_FLAGS } from "../command.ts";

/** A command as shells complete it. */
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  /** The values of its one argument; none where its arguments are files. */
  readonly choices: readonly string[];
  readonly flags: readonly CompletedFlag[];
}

/** A flag as shells complete it. */
export interface CompletedFlag {
  /** Its name without the dashes. */
  readonly name: string;
  readonly text: string;
  /** True where it is followed by a value. */
  readonly takesValue: boolean;
  /** The values that are offered; none where any is taken. */
  readonly values: readonly string[];
  /** True where it takes these values alone. */
  readonly only: boolean;
  readonly repeatable: boolean;
}

/** Returns a command as shells complete it, from the table that its help is made of. */
export function completedCommand({ name, summary, choices = [], flags }: Command): CompletedCommand {
  return {
    name,
    summary,
    choices,
    flags: [...flags, ...COMMON_FLAGS].map((flag) => ({
      name: flag.name,
      text: flag.text,
      takesValue: flag.value !== undefined,
      values: flag.choices ?? flag.examples ?? [],
      only: flag.choices !== undefined,
      repeatable: flag.repeatable ?? false,
    })),
  };
}
