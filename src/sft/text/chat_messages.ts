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

/** Returns the texts of a conversation and the names of the tools that it calls, in order. */
export function contentsOf(messages: readonly ChatMessage[]): string[] {
  return messages.flatMap((message) => {
    const { content, tool_calls: calls = [] } = message;
    const texts = typeof content === "string"
      ? (callsAlone(message) ? [] : [content])
      : content.flatMap((part) => part.type === "text" ? [part.text] : []);
    return [...texts, ...calls.map((call) => call.function.name)];
  });
}

/** Returns all of a message but what its texts say. */
export function structureOf(message: ChatMessage): unknown {
  const { content, ...fields } = message;
  const kinds = typeof content === "string" ? "text" : content.map(({ type }) => type);
  return [fields, callsAlone(message) ? "none" : kinds];
}

/** The beginnings of marks, those of texts and those of tools' names, and their end. */
const TEXT = "\uE000", NAME = "\uE002", END = "\uE001";

/** Returns the messages with a mark for each content: its number, between characters of no meaning. */
export function markedMessages(messages: readonly ChatMessage[]): ChatMessage[] {
  let count = 0;
  const mark = (begin: string) => `${begin}${count++}${END}`;
  return messages.map((message) => {
    const { content, tool_calls: calls } = message;
    const marked = typeof content === "string"
      ? (callsAlone(message) ? "" : mark(TEXT))
      : content.map((part) => part.type === "text" ? { ...part, text: mark(TEXT) } : part);
    const named = calls?.map((call) => ({ ...call, function: { ...call.function, name: mark(NAME) } }));
    return { ...message, content: marked, ...(named && { tool_calls: named }) };
  });
}

/** Returns whether a message has no words beside its calls of tools, which templates look at. */
export function callsAlone({ content, tool_calls }: ChatMessage): boolean {
  return content === "" && tool_calls !== undefined;
}

/** Returns whether a mark stands for a tool's name. */
export function isNameMark(mark: string): boolean {
  return mark.startsWith(NAME);
}

/** Returns a text in which contents stand in the places of their marks, by number. */
export function withContents(text: string, contents: readonly string[]): string {
  return text.replaceAll(/[\uE000\uE002](\d+)\uE001/g, (_, number) => contents[number] ?? "");
}
