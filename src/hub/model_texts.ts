import { VitrailError } from "../errors.ts";
import type { JsonObject } from "../recipes/model_config.ts";
import { type ChatTemplate, chatTemplate, type ChatTemplateOptions } from "../text/chat_template.ts";
import { templateIn, variablesIn } from "../text/template_source.ts";
import { type TokenizerFile, tokenizerOf } from "../text/tokenizer_file.ts";
import { type ModelFile, type ModelFileName, type ModelFiles, objectIn, textIn } from "./model_files.ts";

/** The files by which a model makes texts, as `planConversation` takes them. */
export interface ModelTexts {
  /** Its tokenizer. */
  readonly tokenizer: TokenizerFile;
  /** Its chat template. */
  readonly template: ChatTemplate;
  /** Its `config.json`, which says how it counts positions; absent where it has none. */
  readonly model?: Readonly<Record<string, unknown>>;
}

/** The files that may hold a chat template, in the order in which they are looked for. */
const TEMPLATES = [
  "chat_template.jinja",
  "chat_template.json",
  "processor_config.json",
  "tokenizer_config.json",
] as const;

/**
 * Reads all by which a model makes texts.
 * @throws {VitrailError} `io` where a file cannot be read, or there is no tokenizer or no template; `usage`
 * for files that hold something else; `recipe` for one that is no JSON object.
 */
export async function modelTexts(files: ModelFiles): Promise<ModelTexts> {
  const [tokenizer, template, model] = await Promise.all([
    modelTokenizer(files),
    modelTemplate(files),
    modelJson(files, "config.json"),
  ]);
  if (tokenizer === undefined) throw new VitrailError("io", `${files.what} holds no tokenizer.json`);
  if (template === undefined) throw new VitrailError("io", `${files.what} holds no chat template`);
  return { tokenizer, template, ...(model && { model }) };
}

/**
 * Reads a model's `tokenizer.json` with its `tokenizer_config.json`; undefined where it has none.
 * @throws {VitrailError} as {@linkcode modelTexts} does.
 */
export async function modelTokenizer(files: ModelFiles): Promise<TokenizerFile | undefined> {
  const file = await files.read("tokenizer.json");
  const config = await modelJson(files, "tokenizer_config.json");
  return file && tokenizerOf(objectIn(file, "tokenizer"), config, file.place);
}

/**
 * Reads a model's chat template: the first of `chat_template.jinja`, and the `chat_template` in
 * `chat_template.json`, `processor_config.json` and `tokenizer_config.json`; undefined where it has none.
 * @param options as of `chatTemplate`; its variables go before those of `tokenizer_config.json`
 * @throws {VitrailError} as {@linkcode modelTexts} does.
 */
export async function modelTemplate(
  files: ModelFiles,
  options: ChatTemplateOptions = {},
): Promise<ChatTemplate | undefined> {
  for (const name of TEMPLATES) {
    const file = await files.read(name), source = file && sourceIn(file);
    if (source === undefined) continue;
    const variables = variablesIn(await modelJson(files, "tokenizer_config.json") ?? {});
    return chatTemplate(source, {
      name: file!.place,
      ...options,
      variables: { ...variables, ...options.variables },
    });
  }
  return undefined;
}

/**
 * Reads the JSON object in a file of a model; undefined where the model has none of that name.
 * @throws {VitrailError} as {@linkcode modelTexts} does.
 */
export async function modelJson(files: ModelFiles, name: ModelFileName): Promise<JsonObject | undefined> {
  const file = await files.read(name);
  return file && objectIn(file, "file");
}

function sourceIn(file: ModelFile): string | undefined {
  if (file.name === "chat_template.jinja") return textIn(file);
  const json = objectIn(file, "file");
  return json.chat_template == null ? undefined : templateIn(json, file.place);
}
