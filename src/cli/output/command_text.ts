import { shellText } from "../../cluster/array/shell_text.ts";
import { variable } from "./terminal.ts";

/** The environment variable in which the task of deno.json says how the program was started. */
const STARTED_AS = "VITRAIL_COMMAND";

/**
 * Returns a command with its arguments, as a shell takes it: `vitrail sft 'my set.json' --out shards`, or
 * `deno task vitrail sft ...` where it was started so.
 */
export function commandText(name: string, args: readonly string[]): string {
  return `${variable(STARTED_AS) ?? "vitrail"} ${shellText([name, ...args])}`;
}
