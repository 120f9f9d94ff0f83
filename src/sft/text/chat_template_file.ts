import { basename, dirname, join } from "node:path";
import { VitrailError } from "../../errors.ts";
import { ioError } from "../../formats/io_error.ts";
import { jsonObjectAt } from "./json_object.ts";
import { type JinjaOptions, jinjaTemplate } from "./jinja_template.ts";
import type { Template } from "./template.ts";
import { nameOfToken } from "./tokenizer_file.ts";

/**
 * A model's chat template: `chat_template` in a `tokenizer_config.json` or a `chat_template.json` (of several, the one called
 * `default`), or a file that is Jinja itself. `bos_token` and `eos_token` are those of the `tokenizer_config.json` in the
 * same folder, where there is one and `options.variables` does not say.
 * @throws {VitrailError} `io` where it cannot be read, `usage` where it holds no template.
 */
export async function readChatTemplate(path: string, options: JinjaOptions = {}): Promise<Template> {
  const source = path.toLowerCase().endsWith(".json") ? await sourceIn(path) : await sourceAt(path);
  const config = await jsonObjectAt(join(dirname(path), "tokenizer_config.json"), "tokenizer's config", {});
  const marks = ["bos_token", "eos_token"].flatMap((name) => {
    const token = nameOfToken(config[name]);
    return token === undefined ? [] : [[name, token] as const];
  });
  const variables = { ...Object.fromEntries(marks), ...options.variables };
  return jinjaTemplate(source, { name: basename(path), ...options, variables });
}

async function sourceAt(path: string): Promise<string> {
  return await Deno.readTextFile(path).catch((error) => {
    throw ioError("read the chat template", path, error);
  });
}

async function sourceIn(path: string): Promise<string> {
  const { chat_template: held } = await jsonObjectAt(path, "chat template");
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
