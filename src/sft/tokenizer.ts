/**
 * Text to token ids; `special` asks for the tokens that begin a row (`<s>`) before them, as HuggingFace's
 * `add_special_tokens` does. Equal texts give equal ids.
 */
export type Tokenizer = (text: string, special: boolean) => readonly number[];
