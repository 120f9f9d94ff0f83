import { messageOf, VitrailError } from "../errors.ts";
import { ioError } from "../formats/io_error.ts";
import { MOST_CONFIG_BYTES } from "../formats/bounded_file.ts";
import { readJson } from "../formats/json_file.ts";

/**
 * Reads the object in a JSON file that the caller names.
 *
 * @param what the kind of file, in messages: `tokenizer`
 * @param most the most bytes of it; absent: those of configs
 * @param absent the result where there is no such file; absent: that is an error
 * @throws {VitrailError} `io` where it cannot be read, `usage` where it is not a JSON object; `limit` where
 * it has more bytes than such files have.
 */
export async function jsonObjectAt(
  path: string,
  what: string,
  { absent, most = MOST_CONFIG_BYTES }: { absent?: Record<string, unknown>; most?: number } = {},
): Promise<Record<string, unknown>> {
  const action = `read the ${what}`;
  const found = await readJson(path, {
    action,
    most,
    misfit(problem, options) {
      const detail = options === undefined ? "" : `: ${messageOf(options.cause)}`;
      return new VitrailError("usage", `the ${what} ${path} is ${problem}${detail}`, options);
    },
  }) ?? absent;
  if (found === undefined) throw ioError(action, path, new Deno.errors.NotFound());
  return found;
}
