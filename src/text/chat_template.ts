import { Template as Jinja } from "npm:@huggingface/jinja@0.5.11";
import { messageOf, VitrailError } from "../errors.ts";
import { type OptionNames, requireOptions } from "../given/given_options.ts";
import { requireGiven } from "../given/given_value.ts";
import { beyondBound, failed, renderBounded, TEMPLATE_BOUNDS } from "./bounded_jinja.ts";
import { withPythonStrings } from "./python_strings.ts";

/** A model's chat template. */
export interface ChatTemplate {
  /** The template's name in messages. */
  readonly name: string;
  /**
   * Writes a conversation as one text, as HuggingFace's `apply_chat_template` does.
   * @param messages `{ role, content }` each, in the form that the template takes
   * @param generationPrompt true to end the text with the head of the answer that is asked for
   * @param tools the tools that the model may call, as JSON schemas; absent: none
   * @throws {VitrailError} `dataset` where the template refuses the conversation or fails at it;
   * `limit` where it takes more steps, time or room than any template needs.
   */
  write(messages: readonly unknown[], generationPrompt: boolean, tools?: readonly unknown[]): string;
}

/** Options for reading a chat template. */
export interface ChatTemplateOptions {
  /** The template's name in messages; absent: `chat_template`. */
  readonly name?: string;
  /** More variables of the template: `bos_token`, `eos_token`, or `date_string` in place of today's date. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Returns the text that `strftime_now(format)` writes; absent: the time now, in that format. */
  readonly strftimeNow?: (format: string) => string;
}

/** The names of a chat template's options. */
export const TEMPLATE_OPTIONS = {
  name: true,
  variables: true,
  strftimeNow: true,
} satisfies OptionNames<ChatTemplateOptions>;

/**
 * Returns a model's own chat template.
 *
 * @param source Jinja, as in `chat_template` of a `tokenizer_config.json`
 * @throws {VitrailError} `usage` where the source is not Jinja, and for options that there are not.
 */
export function chatTemplate(source: string, options: ChatTemplateOptions = {}): ChatTemplate {
  requireOptions("chatTemplate", options, TEMPLATE_OPTIONS);
  return chatTemplateOf(source, options);
}

/**
 * Returns a model's own chat template, of options whose names were looked at.
 * @throws {VitrailError} `usage` where the source is not Jinja, and for options of other kinds.
 */
export function chatTemplateOf(source: string, options: ChatTemplateOptions): ChatTemplate {
  requireGiven("a chat template's source", source, "a text", "Jinja");
  const { name = "chat_template", variables = {}, strftimeNow } = options;
  requireGiven("a chat template's name", name, "a text");
  requireGiven("a chat template's variables", variables, "an object", `{ bos_token: "<s>" }`);
  if (strftimeNow !== undefined) requireGiven("strftimeNow", strftimeNow, "a function");
  const jinja = parse(source, name), clock = strftimeNow && { strftime_now: strftimeNow };
  return {
    name,
    write(messages, generationPrompt, tools) {
      requireGiven(`the template ${name}: messages`, messages, "a list", `[{ role: "user", content: "Hi" }]`);
      // As in Python, what is not given is none, and not undefined.
      const given = { tools: tools ?? null, documents: null };
      const conversation = { messages, add_generation_prompt: generationPrompt };
      try {
        const items = { ...given, ...variables, ...clock, ...conversation, ...(tools && { tools }) };
        return renderBounded(jinja, name, items);
      } catch (error) {
        if (error instanceof VitrailError) throw error;
        throw failed(name, messageOf(error), error);
      }
    },
  };
}

function parse(source: string, name: string): Jinja {
  if (source.length > TEMPLATE_BOUNDS.characters) {
    const { message } = beyondBound(name, "has", "characters");
    throw new VitrailError("usage", message);
  }
  try {
    const jinja = new Jinja(source);
    jinja.parsed = withPythonStrings(jinja.parsed);
    return jinja;
  } catch (error) {
    // The library asks for the kind of a token, and after the last one there is none.
    const why = error instanceof TypeError ? "it ends inside a tag" : messageOf(error);
    throw new VitrailError("usage", `the template ${name} is not Jinja: ${why}`, { cause: error });
  }
}
