import { type OptionNames, requireOptions } from "../../given/given_options.ts";
import { requireGiven, requireObjects } from "../../given/given_value.ts";
import {
  type ChatTemplate,
  chatTemplateOf,
  type ChatTemplateOptions,
  TEMPLATE_OPTIONS,
} from "../../text/chat_template.ts";
import { partMessages, textMessages } from "./chat_messages.ts";
import { PLACEHOLDER } from "./placeholders.ts";
import { assistantTurns, requireTurns, type Template } from "./template.ts";
import { turnFinders } from "./turn_finder.ts";

/** Options for a chat template. */
export interface JinjaOptions extends ChatTemplateOptions {
  /**
   * The text that the template writes for a picture, such as `<|image_pad|>`. The template is then given
   * contents as lists of `{ type: "text", text }` and `{ type: "image" }`. Absent: it is given them as texts,
   * with {@linkcode PLACEHOLDER} for each picture.
   */
  readonly picture?: string;
  /** True ends the text with the head of the answer that is asked for; absent: false. */
  readonly generationPrompt?: boolean;
}

/** The names of the options of a chat template with pictures. */
export const JINJA_OPTIONS = {
  ...TEMPLATE_OPTIONS,
  picture: true,
  generationPrompt: true,
} satisfies OptionNames<JinjaOptions>;

/**
 * Returns a model's own chat template, which renders as HuggingFace's `apply_chat_template` does. Answers are
 * found as `TurnFinder` finds them.
 *
 * @param source Jinja, as in `chat_template` of a `tokenizer_config.json`
 * @throws {VitrailError} `usage` where the source is not Jinja. Rendering throws `dataset` where the template
 * refuses the conversation or fails at it, and where it writes the beginning of a conversation otherwise than
 * in the whole.
 */
export function jinjaTemplate(source: string, options: JinjaOptions = {}): Template & ChatTemplate {
  requireOptions("jinjaTemplate", options, JINJA_OPTIONS);
  const { picture, generationPrompt } = options;
  if (picture !== undefined) requireGiven("picture", picture, "a text", `"<|image_pad|>"`);
  if (generationPrompt !== undefined) requireGiven("generationPrompt", generationPrompt, "true or false");
  const template = chatTemplateOf(source, options), finderFor = turnFinders(template);
  const messagesOf = picture === undefined ? textMessages : partMessages;
  return {
    ...template,
    placeholder: picture ?? PLACEHOLDER,
    lonePicture: "turn",
    special: "never",
    render(turns, given, tools = undefined) {
      requireTurns(turns);
      const learnt = given ?? assistantTurns(turns);
      requireGiven("learnt", learnt, "a list", "[false, true]");
      if (tools !== undefined) requireObjects("tools", tools, `{ type: "function", function: … }`);
      const messages = messagesOf(turns), rendered = finderFor(tools).render(messages, learnt);
      return generationPrompt ? { ...rendered, text: template.write(messages, true, tools) } : rendered;
    },
  };
}
