import { dirname, join } from "node:path";
import { MOST_TEXT_BYTES } from "../formats/bounded_file.ts";
import { requireGiven } from "../given/given_value.ts";
import { jsonObjectAt } from "./json_object.ts";
import { type TokenizerFile, tokenizerOf } from "./tokenizer_file.ts";

/**
 * Reads the tokenizer in a `tokenizer.json`, with the `tokenizer_config.json` beside it where there is one.
 * Characters that it has no token for, not even an unknown one, are left out, as HuggingFace's library does.
 * @throws {VitrailError} `io` where it cannot be read, `usage` where it is no tokenizer.
 */
export async function readTokenizer(path: string): Promise<TokenizerFile> {
  requireGiven("readTokenizer: path", path, "a text", `"model/tokenizer.json"`);
  const json = await jsonObjectAt(path, "tokenizer", { most: MOST_TEXT_BYTES });
  const config = await jsonObjectAt(join(dirname(path), "tokenizer_config.json"), "tokenizer's config", {
    absent: {},
  });
  return tokenizerOf(json, config, path);
}
