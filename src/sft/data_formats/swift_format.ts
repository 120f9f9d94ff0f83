import { fieldMisfit } from "../data/sample.ts";
import { type DataFormat, holds, markedSample, objectsOf, type RecordFields } from "./data_format.ts";
import { pictureList, type RecordPlace } from "./picture_values.ts";
import { type RecordTurn, systemTurn, turnsIn } from "./record_turns.ts";
import { clipList, RATES } from "./record_clips.ts";

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
  fields: ["id", "messages", "query", "response", "history", "system", "tools", "objects", ...RATES],
  fits(record) {
    const own = holds(record, "response") || holds(record, "messages") && holds(record, "objects");
    return own ? "yes" : "no";
  },
  sampleOf(record, place) {
    const objects = objectsOf(record, place);
    const turns = holds(record, "messages")
      ? turnsIn(record, ["messages", "role", "content"], place)
      : questions(record, place);
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

/** Returns the turns of questions and answers: those of `history`, then `query` and `response`. */
function questions({ history, query, response }: RecordFields, { where }: RecordPlace): RecordTurn[] {
  const before = history === undefined || history === null ? [] : history;
  if (!Array.isArray(before)) throw fieldMisfit(where, "history", history, "a list of [query, response]");
  const pairs = before.map((pair, index): [unknown, unknown, string] => {
    const field = `history[${index}]`;
    if (Array.isArray(pair) && pair.length === 2) return [pair[0], pair[1], field];
    throw fieldMisfit(where, field, pair, "a pair, [query, response]");
  });
  const turns = pairs.flatMap(([asked, answered, field]) => [
    turn(asked, "human", `${field}[0]`, where),
    turn(answered, "assistant", `${field}[1]`, where),
  ]);
  return [...turns, turn(query, "human", "query", where), turn(response, "assistant", "response", where)];
}

function turn(text: unknown, role: RecordTurn["role"], field: string, where: string): RecordTurn {
  if (typeof text === "string") return { role, text, field };
  throw fieldMisfit(where, field, text, "a text");
}
