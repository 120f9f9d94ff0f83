import { Tokenizer as HuggingFaceTokenizer } from "npm:@huggingface/tokenizers@0.2.0";
import { dirname, join } from "node:path";
import { messageOf, VitrailError } from "../../errors.ts";
import { jsonObjectAt } from "./json_object.ts";

/**
 * Returns the token ids of a text. `special` asks for the tokens that begin a row (`<s>`) before them, as
 * HuggingFace's `add_special_tokens` does. Equal texts give equal ids.
 */
export type Tokenizer = (text: string, special: boolean) => readonly number[];

/** A tokenizer read from a file, and the padding that the config beside the file names. */
export interface TokenizerFile {
  /** The tokenizer. */
  readonly tokenizer: Tokenizer;
  /** The id of the configured `pad_token`; absent where there is none. */
  readonly padId?: number;
}

/**
 * Reads the tokenizer in a `tokenizer.json`, with the `tokenizer_config.json` beside it where there is one.
 * Characters that it has no token for, not even an unknown one, are left out, as HuggingFace's library does.
 * @throws {VitrailError} `io` where it cannot be read, `usage` where it is no tokenizer.
 */
export async function readTokenizer(path: string): Promise<TokenizerFile> {
  const json = await jsonObjectAt(path, "tokenizer");
  const config = await jsonObjectAt(join(dirname(path), "tokenizer_config.json"), "tokenizer's config", {});
  const loaded = load(json, config, path);
  const pad = textOfToken(config.pad_token);
  const padId = pad === undefined ? undefined : loaded.token_to_id(pad);
  const tokenizer: Tokenizer = (text, special) =>
    loaded.encode(text, { add_special_tokens: special }).ids.filter((id) => id !== undefined);
  return { tokenizer, ...(padId !== undefined && { padId }) };
}

function load(json: object, config: object, path: string): HuggingFaceTokenizer {
  try {
    return new HuggingFaceTokenizer(json, config);
  } catch (error) {
    throw new VitrailError("usage", `${path} is no tokenizer: ${messageOf(error)}`, { cause: error });
  }
}

/** Returns a token's text, given as the text itself or as the fields of an `AddedToken`. */
export function textOfToken(token: unknown): string | undefined {
  const name = typeof token === "object" && token !== null ? (token as { content?: unknown }).content : token;
  return typeof name === "string" ? name : undefined;
}
