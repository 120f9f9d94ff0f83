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

/**
 * Reads the object that a JSON file holds; undefined where there is no such file.
 *
 * @throws {VitrailError} `io` where the file cannot be read or holds something else.
 */
export async function readJson(path: string): Promise<Record<string, unknown> | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw ioError("read", path, error);
  }
  try {
    const value = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch (cause) {
    throw new VitrailError("io", `${path} is damaged: it is not JSON`, { cause });
  }
  throw new VitrailError("io", `${path} is damaged: it is not a JSON object`);
}
