import { type ChatTemplate, chatTemplate, type ChatTemplateOptions } from "../../text/chat_template.ts";
import { partMessages, textMessages } from "./chat_messages.ts";
import { PLACEHOLDER } from "./placeholders.ts";
import { assistantTurns, type Template } from "./template.ts";
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
  const { picture, generationPrompt } = options;
  const template = chatTemplate(source, options), finderFor = turnFinders(template);
  const messagesOf = picture === undefined ? textMessages : partMessages;
  return {
    ...template,
    placeholder: picture ?? PLACEHOLDER,
    lonePicture: "turn",
    special: "never",
    render(turns, learnt = assistantTurns(turns), tools = undefined) {
      const messages = messagesOf(turns), rendered = finderFor(tools).render(messages, learnt);
      return generationPrompt ? { ...rendered, text: template.write(messages, true, tools) } : rendered;
    },
  };
}
