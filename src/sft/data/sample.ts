import { VitrailError } from "../../errors.ts";

/** One turn of a conversation, as data sets write it. */
export interface Turn {
  /** The speaker: `human`, `user` or `system` in any case; anything else is the model. */
  readonly from: string;
  /** The text, with `<ImageHere>` in each picture's place. */
  readonly value: string;
}

/** One sample of a data set in the format of InternLM-XComposer-2.5 (`finetune/README.md`). */
export interface Sample {
  /** The data set's own name for the sample; absent where it has none. */
  readonly id?: string | number;
  /** The turns, in order. */
  readonly conversations: readonly Turn[];
  /** The names of its pictures, in order; empty for text only. */
  readonly images: readonly string[];
}

/**
 * Returns the sample that a JSON value describes. `image` is a text, a list of texts, or absent or null for
 * text only. `id` may be absent or null.
 *
 * @param where the sample's name in messages, such as `sample 3 of data.json (line 12)`
 * @throws {VitrailError} `dataset`, with the field's name and value, where a field is not as the format says.
 */
export function sampleOf(value: unknown, where: string): Sample {
  const { id, conversations, image } = value as Record<string, unknown>;
  const named = id !== undefined && id !== null;
  if (named && typeof id !== "string" && typeof id !== "number") {
    throw misfit(where, "id", id, "a text or a number");
  }
  if (!Array.isArray(conversations)) throw misfit(where, "conversations", conversations, "a list of turns");
  if (conversations.length === 0) {
    throw misfit(where, "conversations", conversations, "a list of at least one turn");
  }
  return {
    ...(named && { id }),
    conversations: conversations.map((turn, index) => turnOf(turn, where, `conversations[${index}]`)),
    images: imagesOf(image, where),
  };
}

function turnOf(value: unknown, where: string, field: string): Turn {
  if (typeof value !== "object" || value === null) {
    throw misfit(where, field, value, 'a turn, {"from": …, "value": …}');
  }
  const { from, value: text } = value as Record<string, unknown>;
  if (typeof from !== "string" || from === "") {
    throw misfit(where, `${field}.from`, from, "a text: human, user, bot or the like");
  }
  if (typeof text !== "string") throw misfit(where, `${field}.value`, text, "a text");
  return { from, value: text };
}

function imagesOf(value: unknown, where: string): string[] {
  if (value === undefined || value === null) return [];
  const list = Array.isArray(value) ? value : [value];
  for (const [index, name] of list.entries()) {
    if (typeof name === "string" && name !== "") continue;
    throw misfit(where, list === value ? `image[${index}]` : "image", name, "a picture's path");
  }
  return list;
}

function misfit(where: string, field: string, found: unknown, expected: string): VitrailError {
  const text = found === undefined ? "missing" : JSON.stringify(found);
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return new VitrailError("dataset", `${where}: ${field} is ${shown}, expected ${expected}`);
}
