import { shown, VitrailError } from "../errors.ts";
import { nearestText } from "./nearest_text.ts";

/**
 * The names of options, each with true. `{ … } satisfies OptionNames<RunOptions>` fails to compile where the
 * type has a name that the list lacks, or the other way round.
 */
export type OptionNames<T> = Readonly<Record<keyof T, true>>;

/**
 * Requires that options are a plain object, and that each of its names is an option. A limit that is
 * misspelt, that is inherited or that stands in a `Map` would be no limit.
 * @param call the call that takes them, in messages: `Engine.run`
 * @throws {VitrailError} `usage` for what is no plain object, and for a name that is no option, with the
 * nearest.
 */
export function requireOptions(
  call: string,
  options: unknown,
  names: Readonly<Record<string, true>>,
): void {
  const known = Object.keys(names);
  if (typeof options !== "object" || options === null || !isPlain(options)) {
    const advice = options instanceof AbortSignal && "signal" in names ? "; give { signal }" : "";
    throw new VitrailError(
      "usage",
      `${call} takes options as a plain object of ${known.join(", ")}, found ${shown(options)}${advice}`,
    );
  }
  for (const [name, value] of Object.entries(options)) {
    if (Object.hasOwn(names, name) || value === undefined) continue;
    const found = `"${name.slice(0, 40)}"${nearestText(name.slice(0, 40), known)}`;
    throw new VitrailError("usage", `${call} has no option ${found}; it has ${known.join(", ")}`);
  }
}

/** Tells if an object has no class but `Object`, be it another realm's. */
function isPlain(object: object): boolean {
  const prototype = Object.getPrototypeOf(object);
  return prototype === null || Object.hasOwn(prototype, "isPrototypeOf");
}
