import { Tokenizer as HuggingFaceTokenizer } from "npm:@huggingface/tokenizers@0.2.0";
import { messageOf, shown, VitrailError } from "../errors.ts";
import { isObject, requireGiven } from "../given/given_value.ts";
import type { PadSide } from "./long_tensor.ts";
import { plainIds } from "./tokenizers/plain_ids.ts";
import { rememberWords } from "./tokenizers/remember_words.ts";
import { tokenBytes } from "./tokenizers/token_bytes.ts";

/** A tokenizer. */
export interface Tokenizer {
  /**
   * Returns the token ids of a text. `special` asks for the tokens that begin a row (`<s>`) before them, as
   * HuggingFace's `add_special_tokens` does. Equal texts give equal ids.
   */
  (text: string, special: boolean): readonly number[];
  /** Returns the id of a token by its text; absent where the tokenizer cannot say. */
  readonly idOf?: (token: string) => number | undefined;
  /** Returns the bytes of text, in UTF-8, that a token stands for; absent where the tokenizer cannot say. */
  readonly bytesOf?: (id: number) => number;
}

/** Tokenizers that are known to be some. */
const KNOWN = new WeakSet<Tokenizer>();

/**
 * Requires a tokenizer, by what it gives for a letter, once: not every tokenizer takes an empty text.
 * @throws {VitrailError} `usage` for anything else.
 */
export function requireTokenizer(tokenizer: Tokenizer): void {
  requireGiven("a tokenizer", tokenizer, "a function", "readTokenizer's tokenizer");
  if (KNOWN.has(tokenizer)) return;
  requireGiven("what a tokenizer gives", tokenizer("a", false), "an array of numbers", "[1, 2]");
  KNOWN.add(tokenizer);
}

/** A tokenizer read from a file, and the padding that the config beside the file names. */
export interface TokenizerFile {
  /** The tokenizer. */
  readonly tokenizer: Tokenizer;
  /** The id of the configured `pad_token`; absent where there is none. */
  readonly padId?: number;
  /** The configured `padding_side`; absent where there is none. */
  readonly padSide?: PadSide;
}

/**
 * Returns the tokenizer of a `tokenizer.json`.
 *
 * @param json the file's content
 * @param config that of the `tokenizer_config.json` beside it
 * @param name the file's name in messages
 * @throws {VitrailError} `usage` where it is no tokenizer.
 */
export function tokenizerOf(
  json: object,
  config: Readonly<Record<string, unknown>> = {},
  name = "tokenizer.json",
): TokenizerFile {
  requireGiven("tokenizerOf: name", name, "a text");
  requireGiven("tokenizerOf: json", json, "an object", "a tokenizer.json holds");
  requireGiven("tokenizerOf: config", config, "an object", "a tokenizer_config.json holds");
  requireIds(json, name);
  requireTemplates((json as { post_processor?: unknown }).post_processor, name);
  const { loaded, plain } = load(json, config, name);
  const pad = textOfToken(config.pad_token), { padding_side: side } = config;
  const padId = pad === undefined ? undefined : loaded.token_to_id(pad);
  const encode = (text: string, special: boolean) => {
    try {
      if (plain) return plain(text, special);
      return loaded.encode(text, { add_special_tokens: special }).ids.filter((id) => id !== undefined);
    } catch (cause) {
      const why = `${name} is no sound tokenizer, and fails at ${shown(text)}: ${messageOf(cause)}`;
      throw new VitrailError("usage", why, { cause });
    }
  };
  const bytesOf = tokenBytes(json, loaded);
  const tokenizer: Tokenizer = Object.assign(encode, {
    idOf: (token: string) => loaded.token_to_id(token),
    ...(bytesOf && { bytesOf }),
  });
  return {
    tokenizer,
    ...(padId !== undefined && { padId }),
    ...((side === "left" || side === "right") && { padSide: side }),
  };
}

/** The largest id of a token: tensors of 32 bits hold it, too. */
const LARGEST_ID = 2 ** 31 - 1;

/** @throws {VitrailError} `usage` where a token's id is no whole number from 0 on. */
function requireIds(json: object, path: string): void {
  const { model, added_tokens: added } = json as { model?: { vocab?: unknown }; added_tokens?: unknown };
  const vocabulary = model?.vocab ?? {}, tokens = Array.isArray(added) ? added : [];
  const ids: [token: unknown, id: unknown][] = [
    ...Array.isArray(vocabulary) ? [] : Object.entries(vocabulary), // in a list a token's place is its id
    ...tokens.map((token) => [token?.content, token?.id] as [unknown, unknown]),
  ];
  for (const [token, id] of ids) {
    if (Number.isSafeInteger(id) && id as number >= 0 && id as number <= LARGEST_ID) continue;
    const found = `the id ${shown(id)} of the token ${shown(token)}`;
    throw new VitrailError("usage", `${path} is no tokenizer: ${found} is no whole number from 0 on`);
  }
}

/** @throws {VitrailError} `usage` where a part of a row's template is neither a token nor a text's place. */
function requireTemplates(step: unknown, path: string): void {
  if (!isObject(step)) return;
  const { processors, single, pair } = step;
  for (const own of Array.isArray(processors) ? processors : []) requireTemplates(own, path);
  if (step.type !== "TemplateProcessing") return;
  for (const part of [single, pair].flatMap((parts) => Array.isArray(parts) ? parts : [])) {
    const { SpecialToken: token, Sequence: place } = isObject(part) ? part : {};
    if (isObject(place) || isObject(token) && typeof token.id === "string") continue;
    throw new VitrailError("usage", `${path} is no tokenizer: its template of a row has ${shown(part)}`);
  }
}

/** Loads a tokenizer, and where there is one a shorter way to ids. */
function load(json: object, config: object, path: string) {
  try {
    const loaded = new HuggingFaceTokenizer(json, config);
    return { loaded, plain: plainIds(loaded, { ...json, ...config }, rememberWords(loaded)) };
  } catch (error) {
    throw new VitrailError("usage", `${path} is no tokenizer: ${messageOf(error)}`, { cause: error });
  }
}

/** Returns a token's text, given as the text itself or as the fields of an `AddedToken`. */
export function textOfToken(token: unknown): string | undefined {
  const name = typeof token === "object" && token !== null ? (token as { content?: unknown }).content : token;
  return typeof name === "string" ? name : undefined;
}
