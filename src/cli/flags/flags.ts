import { parseArgs } from "@std/cli";
import { VitrailError } from "../../errors.ts";
import { nearestText } from "../../recipes/nearest_text.ts";

/** A flag, as help shows it and the parser reads it. */
export interface Flag {
  /** Its name without the dashes. */
  name: string;
  /** What its value is called in help; absent for a flag without one. */
  value?: string;
  /** Whether it may stand more than once. */
  repeatable?: boolean;
  /** The values that it takes; any where absent. */
  choices?: readonly string[];
  /** Its value where it is not given. */
  default?: string;
  /** What it does. */
  text: string;
}

/** Flags that went by another name. */
const RENAMED: Readonly<Record<string, string>> = { "--backend": "--executor" };

/** What stood on the command line. */
export class Arguments {
  /** The flags by name, and what stood beside them. */
  constructor(
    readonly flags: Readonly<Record<string, unknown>>,
    /** What is not a flag, in order. */
    readonly rest: readonly string[],
  ) {}

  /** A flag's value, or its default. */
  text(name: string): string | undefined {
    return this.flags[name] as string | undefined;
  }

  /** A repeatable flag's values. */
  list(name: string): readonly string[] {
    return (this.flags[name] ?? []) as string[];
  }

  /** Whether a flag without a value was given. */
  on(name: string): boolean {
    return this.flags[name] === true;
  }
}

/**
 * Reads the arguments of one command by its table of flags.
 * @throws {VitrailError} `usage` for a flag that there is not, with the nearest, or for a bad value.
 */
export function readArguments(args: readonly string[], flags: readonly Flag[]): Arguments {
  const names = flags.map((flag) => flag.name);
  const valued = flags.filter((flag) => flag.value !== undefined);
  const parsed = parseArgs(args, {
    boolean: flags.filter((flag) => flag.value === undefined).map((flag) => flag.name),
    string: [...valued.map((flag) => flag.name), "_"],
    collect: valued.map((flag) => flag.name),
    alias: { help: "h" },
    unknown: (argument, flag) => {
      if (flag === undefined) return true;
      const given = argument.replace(/=.*$/s, "");
      if (given in RENAMED) throw new VitrailError("usage", `${given} is called ${RENAMED[given]} now`);
      const value = /^-\d/.test(given) ? "; a value that begins so is given as --flag=VALUE" : "";
      const file = /[.\/\\]/.test(given) ? `; if it is a file, say ./${given}` : "";
      throw new VitrailError(
        "usage",
        `there is no flag ${given}${nearestText(flag, names, "--")}${value}${file}`,
      );
    },
  }) as unknown as Record<string, unknown> & { _: string[] };
  const values: Record<string, unknown> = {};
  for (const flag of flags) values[flag.name] = valueOf(flag, parsed[flag.name]);
  return new Arguments(values, parsed._.map(String));
}

function valueOf(flag: Flag, parsed: unknown): unknown {
  if (flag.value === undefined) return parsed === true;
  const given = (parsed ?? []) as string[];
  for (const value of given) requireValue(flag, value);
  if (flag.repeatable) return given;
  if (given.length > 1) {
    throw new VitrailError(
      "usage",
      `--${flag.name} stands ${given.length} times (${given.join(", ")}); give it once`,
    );
  }
  return given[0] ?? flag.default;
}

function requireValue({ name, value, choices }: Flag, given: string): void {
  if (given === "") throw new VitrailError("usage", `--${name} needs a value: --${name} ${value}`);
  if (choices && !choices.includes(given)) {
    throw new VitrailError(
      "usage",
      `--${name} is one of ${choices.join(", ")}, found "${given}"${nearestText(given, choices)}`,
    );
  }
}

/** @throws {VitrailError} `usage` where something stands beside the flags of a command that takes nothing. */
export function requireNothing({ rest }: Arguments): void {
  if (rest.length > 0) throw new VitrailError("usage", `it takes flags alone, found ${rest.join(", ")}`);
}
