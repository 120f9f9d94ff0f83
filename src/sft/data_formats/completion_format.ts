import { type DataFormat, holds, type RecordFields } from "./data_format.ts";
import { messagesFormat } from "./messages_format.ts";
import { isRecord } from "./values/json_values.ts";

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
    const [asked, answered] = [prompt, completion].map((list) => Array.isArray(list) ? list : []);
    const messages = [...asked.map(unlearnt), ...answered];
    const where = `${place.where}: prompt and completion as one list`;
    const { sample, pictures } = messagesFormat.sampleOf({ ...others, messages }, { ...place, where });
    return { sample, pictures };
  },
};

/** Returns a message that is not to be learnt. */
function unlearnt(message: unknown): unknown {
  return isRecord(message) ? { ...message, weight: 0 } satisfies RecordFields : message;
}
