import { fieldMisfit, listOfTurns } from "../data/sample.ts";
import { type DataFormat, holds, type RecordFields } from "./data_format.ts";
import { messagesFormat, messagesSample } from "./messages_format.ts";
import { isRecord } from "./values/json_values.ts";
import type { RecordPlace } from "./values/picture_values.ts";

/**
 * TRL's `prompt` and `completion`, each a list of messages, with `images`. Of the completion alone is learnt.
 * Source: TRL `docs/source/dataset_formats.md`, "Prompt-completion".
 */
export const completionFormat: DataFormat = {
  name: "completion",
  about: 'prompt and completion, lists of {"role", "content"}, and images',
  media: messagesFormat.media,
  fields: [...messagesFormat.fields, "prompt", "completion"],
  fits(record) {
    const own = Array.isArray(record.prompt) && Array.isArray(record.completion);
    return own && !holds(record, "messages", "conversations", "response") ? "yes" : "no";
  },
  sampleOf({ prompt, completion, ...others }, place) {
    const asked = messagesOf(prompt, "prompt", place), answered = messagesOf(completion, "completion", place);
    const messages = [...asked.map(unlearnt), ...answered], { length } = asked;
    const nameOf = (index: number) => index < length ? `prompt[${index}]` : `completion[${index - length}]`;
    return messagesSample({ ...others, messages }, place, nameOf);
  },
};

/** Returns the messages of a field. A text is none: TRL learns it without the model's chat template. */
function messagesOf(value: unknown, field: string, { where }: RecordPlace): readonly unknown[] {
  if (Array.isArray(value)) return listOfTurns(value, where, field);
  const role = field === "prompt" ? "user" : "assistant";
  throw fieldMisfit(where, field, value, `a list of messages, [{"role": "${role}", "content": …}, …]`);
}

/** Returns a message that is not to be learnt. */
function unlearnt(message: unknown): unknown {
  return isRecord(message) ? { ...message, weight: 0 } satisfies RecordFields : message;
}
