import type { MessageFields, Turn } from "../data/sample.ts";
import { PLACEHOLDER } from "./placeholders.ts";
import { type Role, roleOf } from "./template.ts";

/** A part of a message, as chat templates take it. */
export type ChatPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image" | "video" };

/** A message as chat templates take it. */
export interface ChatMessage extends MessageFields {
  readonly role: string;
  readonly content: string | readonly ChatPart[];
}

/** The names of roles in chat templates. */
const ROLES: Readonly<Record<Role, string>> = {
  human: "user",
  assistant: "assistant",
  system: "system",
  tool: "tool",
};

/** Returns turns as messages of texts, with the pictures' placeholders in them. */
export function textMessages(turns: readonly Turn[]): ChatMessage[] {
  return turns.map((turn) => ({ role: ROLES[roleOf(turn)], content: turn.value, ...turn.fields }));
}

/**
 * Returns turns as messages of parts: texts, and a picture or a clip in the place of each placeholder. A turn
 * without any has one text, be it empty; beside calls alone, it has none.
 * @param videos which of the pictures and clips, in order, are clips; absent: none
 */
export function partMessages(turns: readonly Turn[], videos: readonly boolean[] = []): ChatMessage[] {
  let next = 0;
  return turns.map((turn) => {
    const content = turn.value.split(PLACEHOLDER).flatMap((text, index, { length }): ChatPart[] => [
      ...(index > 0 ? [{ type: videos[next++] ? "video" : "image" } as const] : []),
      ...(text === "" && length > 1 ? [] : [{ type: "text", text } as const]),
    ]);
    const callsAlone = turn.value === "" && turn.fields?.tool_calls !== undefined;
    return { role: ROLES[roleOf(turn)], content: callsAlone ? "" : content, ...turn.fields };
  });
}
