import { readBoundedText } from "./bounded_file.ts";
import { VitrailError } from "../errors.ts";
import { writeAtomically } from "./atomic_write.ts";
import { ioError } from "./io_error.ts";

/**
 * Writes a value as a JSON file, whole or not at all.
 *
 * @param temporary the temporary file's name, as for {@linkcode writeAtomically}
 * @throws {VitrailError} `io`, with the path and why.
 */
export async function writeJson(path: string, value: unknown, temporary?: string): Promise<void> {
  await writeAtomically(path, new TextEncoder().encode(`${JSON.stringify(value, null, 1)}\n`), temporary);
}

/** The errors of a JSON file that a caller named. */
export interface JsonErrors {
  /** The attempt in the message of a file that cannot be read, such as `read the tokenizer`. */
  readonly action: string;
  /**
   * Makes the error of a text that is `not JSON`, with the parser's error as its cause, or `not a JSON
   * object`.
   */
  misfit(problem: string, options?: { cause: unknown }): VitrailError;
  /** The most bytes that the file may have; absent: those of any text. */
  readonly most?: number;
}

/**
 * Reads the object in a JSON file; undefined where there is no such file.
 *
 * @param errors absent for a file of our own, which is damaged where it is no JSON object
 * @throws {VitrailError} `io` where it cannot be read; that of `errors`, or `io`, where it is no JSON object.
 */
export async function readJson(
  path: string,
  { action, misfit, most }: JsonErrors = {
    action: "read",
    misfit: (problem, options) => damaged(path, problem, options),
  },
): Promise<Record<string, unknown> | undefined> {
  let text: string;
  try {
    text = await readBoundedText(path, most);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw ioError(action, path, error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw misfit("not JSON", { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw misfit("not a JSON object");
  return value as Record<string, unknown>;
}

function damaged(path: string, problem: string, options?: { cause: unknown }): VitrailError {
  return new VitrailError("io", `${path} is damaged: it is ${problem}`, options);
}
