import { VitrailError } from "../../src/errors.ts";
import type { Draw } from "../support/fuzz/draws.ts";

/** The input of a case, as it is kept of a find. */
export interface FuzzInput {
  bytes: Uint8Array;
  /** The ending of the file that it is kept in, such as `png`. */
  ending: string;
}

/** One kind of attack, in the process that it runs in. */
export interface FuzzRow {
  /** Makes a case's input, which nothing but the numbers that are drawn decides. */
  input(draw: Draw): FuzzInput | Promise<FuzzInput>;
  /**
   * Attacks with an input. Returns a line that says what is wrong; undefined where nothing is. Whatever it
   * throws is wrong, and so is a case that does not end.
   */
  attack(input: FuzzInput): Promise<string | undefined>;
  /** Frees what the row took. */
  close?(): Promise<void>;
}

/** A module of `rows/`, whose name is the row's. */
export interface FuzzRowModule {
  /** Prepares the row. */
  open(): Promise<FuzzRow>;
  /** Seconds that a case may take; {@linkcode DEADLINE} where it says nothing. */
  readonly deadline?: number;
}

/** Seconds that a case may take. */
export const DEADLINE = 5;

/** The longest message of an error, in characters, that is still called a line. */
const LINE = 1500;

/** Says what is wrong with an error that an attack met; undefined where it is one of ours, in one line. */
export function wrongError(error: unknown): string | undefined {
  if (!(error instanceof VitrailError)) {
    return `a raw error: ${error instanceof Error ? error.stack ?? error.message : String(error)}`;
  }
  if (error.message.length > LINE) return `an error of ${error.message.length} characters: ${error.message}`;
  if (/\n/.test(error.message)) return `an error of several lines: ${error.message}`;
  return /\bbug\b/.test(error.message) ? `an error that blames us: ${error.message}` : undefined;
}

/** Returns what `work` gives; undefined where it ends in an error of ours, of one line. */
export async function orOurError<T>(work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const wrong = wrongError(error);
    if (wrong !== undefined) throw new Error(wrong, { cause: error });
  }
}
