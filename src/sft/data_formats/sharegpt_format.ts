import { type DataFormat, holds, markedSample, type RecordFields } from "./data_format.ts";
import { pictureList } from "./values/picture_values.ts";
import { isCaller, systemTurn, turnsIn } from "./record_turns.ts";
import { CLIP_TIMES, clipList } from "./values/record_clips.ts";

/** The fields that pictures and clips stand in. */
const MEDIA = ["images", "videos"];

/**
 * ShareGPT's JSON as LLaMA-Factory reads it: `conversations`, or `messages` whose contents are texts, with
 * `images` and `videos` beside them. A `function_call` is the JSON of calls, an `observation` the answer.
 * Source: LLaMA-Factory `data/README.md`.
 */
export const sharegptFormat: DataFormat = {
  name: "sharegpt",
  about: 'conversations of {"from", "value"}, images, and <image> in the texts',
  media: MEDIA,
  fields: ["id", "conversations", "messages", "system", "tools", ...CLIP_TIMES],
  fits(record) {
    const own = holds(record, ...MEDIA, "system", "tools") || callsTools(record);
    return own && holds(record, "conversations") && !holds(record, "image", "video") ? "yes" : "no";
  },
  sampleOf(record, place) {
    const turns = holds(record, "messages") && !holds(record, "conversations")
      ? turnsIn(record, ["messages", "role", "content"], place)
      : turnsIn(record, ["conversations", "from", "value"], place);
    return markedSample(
      record,
      {
        turns: [...systemTurn(record, place), ...turns],
        pictures: pictureList(record.images, "images", place),
        clips: clipList(record, "videos", place),
        unmarked: "refused",
      },
      MEDIA,
      place,
    );
  },
};

function callsTools({ conversations }: RecordFields): boolean {
  return Array.isArray(conversations) && conversations.some((turn) => isCaller(turn?.from));
}
