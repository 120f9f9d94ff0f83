import { parseArgs } from "@std/cli";
import { VitrailError } from "../../src/errors.ts";

/** The arguments of `deno task fuzz`, which run_fuzz.ts tells of. */
export interface FuzzOptions {
  readonly minutes: number;
  /** The cases after which a row ends; infinite by default. */
  readonly cases: number;
  readonly seed: number;
  /** The names of the rows that are to run. */
  readonly rows: readonly string[];
  /** The one case of the one row. */
  readonly only?: number;
  readonly again: boolean;
  /** The folder of finds and state. */
  readonly out: string;
}

/**
 * Returns the options that arguments say.
 * @param all the names of all rows
 * @throws {VitrailError} `usage` for a flag, a row or a number that there is not.
 */
export function fuzzOptions(args: readonly string[], all: readonly string[]): FuzzOptions {
  const given = parseArgs(args, {
    string: ["minutes", "cases", "seed", "only", "case", "out"],
    boolean: ["again"],
    unknown: (argument) => {
      throw new VitrailError("usage", `there is no ${argument}; see tests/fuzz/run_fuzz.ts`);
    },
  });
  const rows = given.only?.split(",") ?? all, unknown = rows.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    throw new VitrailError("usage", `there is no row ${unknown.join(", ")}; there are ${all.join(", ")}`);
  }
  const whole = /^\d+$/, only = given.case === undefined ? undefined : numberOf("case", given.case, whole);
  if (only !== undefined && (given.only === undefined || rows.length !== 1 || given.again)) {
    throw new VitrailError("usage", "--case N is of one row: give --only ROW, and no --again");
  }
  const seed = numberOf("seed", given.seed ?? "1", whole);
  return {
    minutes: numberOf("minutes", given.minutes ?? "2", /^\d*\.?\d+$/),
    cases: given.cases === undefined ? Infinity : numberOf("cases", given.cases, whole),
    seed,
    rows,
    ...(only !== undefined && { only }),
    again: given.again,
    out: given.out || `out/fuzz-${seed}`,
  };
}

function numberOf(name: string, text: string, form: RegExp): number {
  if (form.test(text) && Number.isSafeInteger(Math.ceil(Number(text)))) return Number(text);
  throw new VitrailError("usage", `--${name} is ${JSON.stringify(text)}, and is to be a number from 0 up`);
}
