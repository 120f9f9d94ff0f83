import { requireChoice } from "../../errors.ts";
import type { OptionNames } from "../../given/given_options.ts";
import { isObject, requireGiven } from "../../given/given_value.ts";
import type { Dtype } from "../../plan/dtype.ts";
import type { ChatTemplate } from "../../text/chat_template.ts";
import type { PadSide } from "../../text/long_tensor.ts";
import type { Message } from "../../text/messages.ts";
import type { Rope } from "../../text/positions/rope_rule.ts";
import { requireTokenizer, type Tokenizer, type TokenizerFile } from "../../text/tokenizer_file.ts";
import { requireRunOptions } from "../options.ts";
import type { SizeOptions } from "./media.ts";

/** One conversation, or several, and what makes text of them. */
export interface ConversationOptions extends SizeOptions {
  /** One conversation. */
  readonly messages?: readonly Message[];
  /** Several, in place of `messages`: a batch, a row each. */
  readonly conversations?: readonly (readonly Message[])[];
  /** The model's tokenizer. */
  readonly tokenizer: Tokenizer | TokenizerFile;
  /** The model's chat template, or its Jinja. */
  readonly template: ChatTemplate | string;
  /** True ends each text with the head of the answer that is asked for; absent: false. */
  readonly generationPrompt?: boolean;
  /** The tools that the model may call, as JSON schemas, which the template writes; absent: none. */
  readonly tools?: readonly unknown[];
  /** The model's `config.json`, which says how it counts positions; absent: the recipe's config says it. */
  readonly model?: Readonly<Record<string, unknown>>;
  /** The rule of positions, in place of the model's. */
  readonly rope?: Rope;
  /** The id of padding; absent: the tokenizer file's. */
  readonly padId?: number;
  /** The side of padding; absent: the tokenizer file's, or `right`. */
  readonly padSide?: PadSide;
  /** The type of the pixels' elements; absent: `f32`. */
  readonly dtype?: Dtype;
  /** The most tokens that all pictures may become; absent: no limit. */
  readonly maxTokens?: number;
}

const CONVERSATION_OPTIONS = {
  messages: true,
  conversations: true,
  tokenizer: true,
  template: true,
  generationPrompt: true,
  tools: true,
  model: true,
  rope: true,
  padId: true,
  padSide: true,
  dtype: true,
  maxTokens: true,
  orient: true,
  maxPixels: true,
  maxBytes: true,
  signal: true,
} satisfies OptionNames<ConversationOptions>;

/**
 * Holds the options of a conversation's plan against what there is.
 * @throws {VitrailError} `usage` for options that there are not, or of another kind; the signal's reason
 * where it is aborted by now.
 */
export function requireConversationOptions(options: ConversationOptions): void {
  requireRunOptions(options, "planConversation", CONVERSATION_OPTIONS);
  const { tokenizer, template, generationPrompt, tools, model, rope, padId, padSide, maxTokens } = options;
  requireTokenizer(isObject(tokenizer) ? tokenizer.tokenizer as Tokenizer : tokenizer as Tokenizer);
  if (typeof template !== "string") {
    requireGiven("template", template, "an object", "a chat template, or its Jinja");
    requireGiven("a template's write", template.write, "a function");
  }
  if (generationPrompt !== undefined) requireGiven("generationPrompt", generationPrompt, "true or false");
  if (tools !== undefined) requireGiven("tools", tools, "a list");
  if (model !== undefined) requireGiven("model", model, "an object", "a config.json holds");
  if (rope !== undefined) requireGiven("rope", rope, "an object", `{ rule: "qwen2_vl" }`);
  if (padId !== undefined) requireGiven("padId", padId, "a whole number from 0 up");
  if (maxTokens !== undefined) requireGiven("maxTokens", maxTokens, "a whole number from 0 up");
  requireChoice("padSide", padSide, ["left", "right"]);
}
