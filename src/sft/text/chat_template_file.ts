import { basename } from "node:path";
import { requireOptions } from "../../given/given_options.ts";
import type { ChatTemplate } from "../../text/chat_template.ts";
import { readTemplateSource } from "../../text/template_source.ts";
import { JINJA_OPTIONS, type JinjaOptions, jinjaTemplate } from "./jinja_template.ts";
import type { Template } from "./template.ts";

/**
 * Reads a model's chat template from the file at `path`.
 *
 * A `.json` file, such as `tokenizer_config.json` or `chat_template.json`, holds it as `chat_template`; of
 * several templates, the one called `default` is taken. Any other file is Jinja itself. The variables
 * `bos_token` and `eos_token` are those of the `tokenizer_config.json` in the same folder, unless
 * `options.variables` gives them.
 *
 * @throws {VitrailError} `io` where it cannot be read, `usage` where it holds no template.
 */
export async function readChatTemplate(
  path: string,
  options: JinjaOptions = {},
): Promise<Template & ChatTemplate> {
  requireOptions("readChatTemplate", options, JINJA_OPTIONS);
  const { source, variables } = await readTemplateSource(path);
  const all = { ...variables, ...options.variables };
  return jinjaTemplate(source, { name: basename(path), ...options, variables: all });
}
