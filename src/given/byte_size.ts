import { shown, VitrailError } from "../errors.ts";

/** Powers of 1000 or 1024, by the letter of a unit. */
const UNITS: Record<string, number> = { "": 1, k: 1, m: 2, g: 3 };

/**
 * Returns the bytes that a size means: `512MiB`, `1GB`, `1048576`.
 * @param name the option's name in messages: `--memory`
 * @throws {VitrailError} `usage` for anything else.
 */
export function byteSize(name: string, text: string): number {
  const [, number, unit = "", binary = ""] = /^(\d+(?:\.\d+)?)\s*(?:([kmg])(i?)b?|b)?$/i.exec(text) ?? [];
  if (number === undefined) {
    throw new VitrailError(
      "usage",
      `${name} is a size such as 512MiB, 2GiB or 1048576, found ${shown(text)}`,
    );
  }
  const scale = unit === "" ? 1 : (binary === "" ? 1000 : 1024) ** UNITS[unit.toLowerCase()];
  return Math.floor(Number(number) * scale);
}
