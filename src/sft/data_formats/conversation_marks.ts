import type { RecordFields } from "./data_format.ts";
import { CLIP_MARKS, PICTURE_MARKS } from "./media_marks.ts";

/**
 * Returns the mark by which the texts of a record's `conversations` say where its pictures are: `<ImageHere>`
 * before any other. Undefined where there is none.
 */
export function markOf({ conversations }: RecordFields): string | undefined {
  if (!Array.isArray(conversations)) return undefined;
  const texts = conversations.map((turn) => (turn as { value?: unknown } | null)?.value);
  const text = texts.filter((value) => typeof value === "string").join("\n");
  if (text.includes("<ImageHere>")) return "<ImageHere>";
  return [...PICTURE_MARKS, ...CLIP_MARKS].find(({ pattern }) => text.match(pattern) !== null)?.text;
}
