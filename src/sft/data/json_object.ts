import { messageOf, VitrailError } from "../../errors.ts";
import { ioError } from "../../formats/io_error.ts";

/** The object that the JSON file at `path` holds, or `absent` where there is no such file and one is given.
 * @throws {VitrailError} `io` where it cannot be read, `usage` where it is not a JSON object.
 */
export async function jsonObjectAt(
  path: string,
  what: string,
  absent?: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (absent !== undefined && error instanceof Deno.errors.NotFound) return absent;
    throw ioError(`read the ${what}`, path, error);
  }
  const value = parsed(text, path, what);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new VitrailError("usage", `the ${what} ${path} is not a JSON object`);
}

function parsed(text: string, path: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new VitrailError("usage", `the ${what} ${path} is not JSON: ${messageOf(error)}`, { cause: error });
  }
}
