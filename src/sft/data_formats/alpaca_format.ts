import { type DataFormat, holds, markedSample } from "./data_format.ts";
import { answeredTurns, historyTurns, systemTurn } from "./record_turns.ts";
import { pictureList } from "./values/picture_values.ts";
import { clipList, RATES } from "./values/record_clips.ts";

/** The fields that pictures and clips stand in. */
const MEDIA = ["images", "videos"];

/**
 * Alpaca's JSON as LLaMA-Factory and ms-swift read it: `instruction`, with `input` in the line after it, and
 * `output`. Pictures without any mark stand before the first question.
 * Sources: LLaMA-Factory `data/README.md`; ms-swift `docs/source_en/Customization/Custom-dataset.md`.
 */
export const alpacaFormat: DataFormat = {
  name: "alpaca",
  about: "instruction, input and output, and images",
  media: MEDIA,
  fields: ["id", "instruction", "input", "output", "history", "system", "tools", ...RATES],
  fits(record) {
    const own = holds(record, "instruction") && typeof record.output === "string";
    return own && !holds(record, "messages", "conversations", "response") ? "yes" : "no";
  },
  sampleOf(record, place) {
    const { instruction, input, output } = record, { where } = place;
    const text = holds(record, "input") && typeof instruction === "string"
      ? `${instruction}\n${input}`
      : instruction;
    const turns = [
      ...systemTurn(record, place),
      ...historyTurns(record.history, where),
      ...answeredTurns({ text, field: "instruction" }, { text: output, field: "output" }, where),
    ];
    const pictures = pictureList(record.images, "images", place), clips = clipList(record, "videos", place);
    return markedSample(record, { turns, pictures, clips, unmarked: "first" }, MEDIA, place);
  },
};
