import { VitrailError } from "../errors.ts";

/** Values of a recipe's parameters, or of a config's fields, by name. */
export interface Settings {
  /** As they were written. */
  readonly texts: Readonly<Record<string, string>>;
  /** Those that are JSON, parsed; all others as they were written. */
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Reads settings, each written `NAME=VALUE`.
 * @param where the place that they were written in, for messages
 * @throws {VitrailError} `usage` for one that is written otherwise, and for a name that is set twice.
 */
export function settingsOf(written: readonly string[], where: string): Settings {
  const texts: Record<string, string> = {};
  for (const text of written) {
    const at = text.indexOf("="), name = text.slice(0, at);
    if (at <= 0) {
      throw new VitrailError("usage", `${where} takes NAME=VALUE, such as hdNum=25, found "${text}"`);
    }
    if (Object.hasOwn(texts, name)) {
      throw new VitrailError("usage", `${where} gives ${name} twice; give it once`);
    }
    texts[name] = text.slice(at + 1);
  }
  const values = Object.entries(texts).map(([name, text]) => [name, jsonOr(text)]);
  return { texts, values: Object.fromEntries(values) };
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
