import { parseArgs } from "./std_cli.ts";
import { VitrailError } from "../../errors.ts";
import { nearestText } from "../../given/nearest_text.ts";

/** One flag, as help shows it and the parser reads it. */
export interface Flag {
  /** Its name without the dashes. */
  name: string;
  /** The name of its value in help; absent for a flag without a value. */
  value?: string;
  /** True for a flag that may be given more than once. */
  repeatable?: boolean;
  /** The values that it takes; absent where it takes any. */
  choices?: readonly string[];
  /** Some of the values that it takes, for shells to complete. */
  examples?: readonly string[];
  /** The names before `=` in its values; a flag of such a name is answered with this one. */
  names?: readonly string[];
  /** Its value where it is not given. */
  default?: string;
  /** Its explanation in help. */
  text: string;
}

/** The new names of flags, by the names that they had. */
const RENAMED: Readonly<Record<string, string>> = { "--backend": "--executor" };

/** The arguments of a command, parsed. */
export class Arguments {
  /** Holds the values of the flags by name, and the other arguments. */
  constructor(
    readonly flags: Readonly<Record<string, unknown>>,
    /** The arguments that are no flags, in order. */
    readonly rest: readonly string[],
    /** All arguments, as they were given. */
    readonly given: readonly string[] = [],
  ) {}

  /** Returns a flag's value, or its default; undefined where it has neither. */
  text(name: string): string | undefined {
    return this.flags[name] as string | undefined;
  }

  /** Returns the values of a repeatable flag. */
  list(name: string): readonly string[] {
    return (this.flags[name] ?? []) as string[];
  }

  /** Tells if a flag that has no value was given. */
  on(name: string): boolean {
    return this.flags[name] === true;
  }
}

/**
 * Parses the arguments of one command by its table of flags.
 * @throws {VitrailError} `usage` for a flag that does not exist (the message names the nearest one), for a
 * flag's old name, or for a bad value.
 */
export function readArguments(args: readonly string[], flags: readonly Flag[]): Arguments {
  const names = flags.map((flag) => flag.name);
  const valued = flags.filter((flag) => flag.value !== undefined);
  const parsed = parseArgs(args, {
    boolean: flags.filter((flag) => flag.value === undefined).map((flag) => flag.name),
    string: [...valued.map((flag) => flag.name), "_"],
    collect: valued.map((flag) => flag.name),
    alias: { help: "h" },
    unknown: (argument, flag, value) => {
      if (flag === undefined) return true;
      throw parameterFlag(flags, flag, value) ?? unknownFlag(argument.replace(/=.*$/s, ""), flag, names);
    },
  }) as unknown as Record<string, unknown> & { _: string[] };
  requireNoValues(args, flags);
  const values: Record<string, unknown> = {};
  for (const flag of flags) values[flag.name] = valueOf(flag, parsed[flag.name]);
  return new Arguments(values, parsed._.map(String), args);
}

/** The error for a flag that another flag's values begin with: `--hdNum 3` for `--set hdNum=3`. */
function parameterFlag(flags: readonly Flag[], name: string, value: unknown): VitrailError | undefined {
  const right = flags.find(({ names }) => names?.includes(name));
  if (right === undefined) return undefined;
  const shown = typeof value === "string" && value !== "" ? value : "VALUE";
  return new VitrailError(
    "usage",
    `there is no flag --${name}; it is a parameter of recipes: --${right.name} ${name}=${shown}`,
  );
}

/** The error for a flag that does not exist: `given` with its dashes, `name` without. */
function unknownFlag(given: string, name: string, names: readonly string[]): VitrailError {
  if (given in RENAMED) return new VitrailError("usage", `${given} is called ${RENAMED[given]} now`);
  const value = /^-\d/.test(given) ? "; a value that begins so is given as --flag=VALUE" : "";
  const file = /[.\/\\]/.test(given) ? `; if it is a file, say ./${given}` : "";
  return new VitrailError(
    "usage",
    `there is no flag ${given}${nearestText(name, names, "--")}${value}${file}`,
  );
}

/** The words that the parser takes for the value of such a flag before them. */
const ANSWERS = ["true", "false"];

/** Checks that flags without a value have none: the parser would take `--json=no` for `--json`. */
function requireNoValues(args: readonly string[], flags: readonly Flag[]): void {
  const own = args.slice(0, args.includes("--") ? args.indexOf("--") : args.length);
  for (const [index, argument] of own.entries()) {
    const [name, value = ANSWERS.find((answer) => answer === own[index + 1])] = argument.split("=", 2);
    if (value === undefined || !flags.some((flag) => flag.value === undefined && `--${flag.name}` === name)) {
      continue;
    }
    throw new VitrailError(
      "usage",
      `${name} takes no value, found ${JSON.stringify(value)}; give ${name} alone, or leave it out`,
    );
  }
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

/**
 * Checks that a command which takes flags alone was given nothing else.
 * @throws {VitrailError} `usage` otherwise.
 */
export function requireNothing({ rest }: Arguments): void {
  if (rest.length === 0) return;
  throw new VitrailError("usage", `this command takes flags alone, found ${rest.join(", ")}`);
}
