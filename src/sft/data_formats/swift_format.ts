import { type DataFormat, holds, markedSample, objectsOf } from "./data_format.ts";
import { pictureList } from "./values/picture_values.ts";
import { answeredTurns, historyTurns, systemTurn, turnsIn } from "./record_turns.ts";
import { CLIP_TIMES, clipList } from "./values/record_clips.ts";

/** The fields that pictures and clips stand in. */
const MEDIA = ["images", "videos"];

/**
 * ms-swift's JSON: `messages`, or `query` and `response` with a `history`, beside `images`, `videos` and the
 * boxes in `objects`. Pictures without any mark stand before the first question.
 * Sources: ms-swift `docs/source_en/Customization/Custom-dataset.md`; `template/base.py`,
 * `_add_default_tags`.
 */
export const swiftFormat: DataFormat = {
  name: "swift",
  about: "query and response, or messages with objects, and images",
  media: MEDIA,
  fields: ["id", "messages", "query", "response", "history", "system", "tools", "objects", ...CLIP_TIMES],
  fits(record) {
    if (holds(record, "response") || holds(record, "messages") && holds(record, "objects")) return "yes";
    return holds(record, "messages") ? "maybe" : "no"; // a record without boxes among others
  },
  sampleOf(record, place) {
    const objects = objectsOf(record, place);
    const turns = holds(record, "messages") ? turnsIn(record, ["messages", "role", "content"], place) : [
      ...historyTurns(record.history, place.where),
      ...answeredTurns(
        { text: record.query, field: "query" },
        { text: record.response, field: "response" },
        place.where,
      ),
    ];
    return markedSample(
      record,
      {
        turns: [...systemTurn(record, place), ...turns],
        pictures: pictureList(record.images, "images", place),
        clips: clipList(record, "videos", place),
        unmarked: "first",
        ...(objects && { objects }),
      },
      MEDIA,
      place,
    );
  },
};
