import { Template as Jinja } from "@huggingface/jinja";
import { messageOf, VitrailError } from "../../errors.ts";
import { PLACEHOLDER } from "./placeholders.ts";
import type { Turn } from "../data/sample.ts";
import { type Role, roleOf, type Template, type TextSpan } from "./template.ts";

/** How a chat template is used. */
export interface JinjaOptions {
  /** What messages call it; absent: `chat_template`. */
  readonly name?: string;
  /**
   * What the template writes for a picture (`<|image_pad|>`): contents are then lists of parts, `{ type: "text", text }` and
   * `{ type: "image" }`. Absent: contents are texts, with {@linkcode PLACEHOLDER} for each picture.
   */
  readonly picture?: string;
  /** Whether the text ends with the head of the answer that is asked for. */
  readonly generationPrompt?: boolean;
  /** More of the template's variables: `bos_token`, `eos_token`, or `date_string` where it would write today's. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** What `strftime_now(format)` writes in the template; absent: the time now, in that format. */
  readonly strftimeNow?: (format: string) => string;
}

/** Gives a template another `strftime_now`, and writes nothing; the empty text keeps a first newline of the template's. */
const WITH_CLOCK = '{% set strftime_now = vitrail_strftime_now %}{{ "" }}';

/** The names that chat templates have for roles. */
const ROLES: Readonly<Record<Role, string>> = { human: "user", assistant: "assistant", system: "system" };

/**
 * A model's own chat template, as HuggingFace's `apply_chat_template` renders it.
 *
 * Answers are found in the text: one begins where the conversation before it, with the head of an answer, ends, and ends
 * with the last visible character of the conversation with it: the mark that ends the turn.
 *
 * @param source Jinja, as in `chat_template` of a `tokenizer_config.json`
 * @throws {VitrailError} `usage` where the source is not Jinja. Rendering throws `dataset` where the template refuses the
 * conversation or fails at it, and `usage` where it writes the beginning of a conversation otherwise than in the whole.
 */
export function jinjaTemplate(source: string, options: JinjaOptions = {}): Template {
  const { name = "chat_template", picture, generationPrompt = false, variables = {}, strftimeNow } = options;
  const jinja = parse(strftimeNow ? WITH_CLOCK + source : source, name);
  const clock = strftimeNow && { vitrail_strftime_now: strftimeNow };
  const textOf = (messages: readonly unknown[], prompt: boolean) => {
    try {
      return jinja.render({ ...variables, ...clock, messages, add_generation_prompt: prompt });
    } catch (error) {
      throw new VitrailError("dataset", `the template ${name} fails: ${messageOf(error)}`, { cause: error });
    }
  };
  const render = (turns: readonly Turn[]) => {
    const messages = turns.map((turn) => messageFor(turn, picture !== undefined));
    const text = textOf(messages, generationPrompt);
    const answers = turns.flatMap((turn, index): TextSpan[] => {
      if (roleOf(turn) !== "assistant") return [];
      const before = textOf(messages.slice(0, index), true);
      const through = textOf(messages.slice(0, index + 1), false).trimEnd();
      if (text.startsWith(before) && text.startsWith(through)) return [[before.length, through.length]];
      throw new VitrailError(
        "usage",
        `the template ${name} writes the first ${
          index + 1
        } of ${turns.length} turns otherwise than in the whole ` +
          `conversation, so that the answer cannot be found in the text`,
      );
    });
    return { text, answers };
  };
  return { name, placeholder: picture ?? PLACEHOLDER, lonePicture: "turn", special: "never", render };
}

function parse(source: string, name: string): Jinja {
  try {
    return new Jinja(source);
  } catch (error) {
    throw new VitrailError("usage", `the template ${name} is not Jinja: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** A turn as chat templates take it. */
function messageFor(turn: Turn, inParts: boolean) {
  return { role: ROLES[roleOf(turn)], content: inParts ? partsOf(turn.value) : turn.value };
}

function partsOf(value: string) {
  return value.split(PLACEHOLDER).flatMap((text, index) => [
    ...(index > 0 ? [{ type: "image" }] : []),
    ...(text === "" ? [] : [{ type: "text", text }]),
  ]);
}
