import { MOST_CONFIG_BYTES, readBoundedText } from "../formats/bounded_file.ts";
import { dirname, join } from "node:path";
import { VitrailError } from "../errors.ts";
import { requireGiven } from "../given/given_value.ts";
import { ioError } from "../formats/io_error.ts";
import { jsonObjectAt } from "./json_object.ts";
import { textOfToken } from "./tokenizer_file.ts";

/** A chat template as its files give it. */
export interface TemplateSource {
  /** The template: Jinja. */
  readonly source: string;
  /** The variables that the tokenizer's config gives it: `bos_token` and `eos_token`, where it has them. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Reads a model's chat template from the file at `path`.
 *
 * A `.json` file, such as `tokenizer_config.json` or `chat_template.json`, holds it as `chat_template`; of
 * several templates, the one called `default` is taken. Any other file is Jinja itself. The variables are
 * those of the `tokenizer_config.json` in the same folder.
 *
 * @throws {VitrailError} `io` where it cannot be read, `usage` where it holds no template.
 */
export async function readTemplateSource(path: string): Promise<TemplateSource> {
  requireGiven("a chat template's path", path, "a text", `"model/chat_template.jinja"`);
  const source = path.toLowerCase().endsWith(".json") ? await sourceIn(path) : await sourceAt(path);
  const config = await jsonObjectAt(join(dirname(path), "tokenizer_config.json"), "tokenizer's config", {
    absent: {},
  });
  return { source, variables: variablesIn(config) };
}

/** Returns the variables of templates that a tokenizer's config gives: `bos_token` and `eos_token`. */
export function variablesIn(config: Readonly<Record<string, unknown>>): Record<string, string> {
  const marks = ["bos_token", "eos_token"].flatMap((name) => {
    const token = textOfToken(config[name]);
    return token === undefined ? [] : [[name, token] as const];
  });
  return Object.fromEntries(marks);
}

async function sourceAt(path: string): Promise<string> {
  return await readBoundedText(path, MOST_CONFIG_BYTES).catch((error) => {
    throw ioError("read the chat template", path, error);
  });
}

async function sourceIn(path: string): Promise<string> {
  return templateIn(await jsonObjectAt(path, "chat template"), path);
}

/**
 * Returns the template that a file holds as `chat_template`; of several, the one called `default`.
 * @param path the file, in messages
 * @throws {VitrailError} `usage` where it holds none.
 */
export function templateIn({ chat_template: held }: Readonly<Record<string, unknown>>, path: string): string {
  const named = Array.isArray(held)
    ? held.find((entry) => (entry as { name?: unknown } | null)?.name === "default")?.template
    : held;
  if (typeof named === "string") return named;
  throw new VitrailError(
    "usage",
    Array.isArray(held)
      ? `${path} has no chat_template called default, of ${held.length}`
      : `${path} has no chat_template, a text or a list of named ones`,
  );
}
