import { fieldMisfit } from "../data/sample.ts";
import { type DataFormat, holds, markedSample, type RecordFields } from "./data_format.ts";
import { answeredTurns, historyTurns, systemTurn } from "./record_turns.ts";
import { pictureList } from "./values/picture_values.ts";
import { CLIP_TIMES, clipList } from "./values/record_clips.ts";

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
  fields: ["id", "instruction", "input", "output", "history", "system", "tools", ...CLIP_TIMES],
  fits(record) {
    const asked = holds(record, "instruction") || record.instruction === "" && holds(record, "input");
    return asked && typeof record.output === "string" &&
        !holds(record, "messages", "conversations", "response")
      ? "yes"
      : "no";
  },
  sampleOf(record, place) {
    const { output } = record, { where } = place, text = question(record, where);
    const turns = [
      ...systemTurn(record, place),
      ...historyTurns(record.history, where),
      ...answeredTurns({ text, field: "instruction" }, { text: output, field: "output" }, where),
    ];
    const pictures = pictureList(record.images, "images", place), clips = clipList(record, "videos", place);
    return markedSample(record, { turns, pictures, clips, unmarked: "first" }, MEDIA, place);
  },
};

/** Returns the instruction and its input, those that are not empty, a line each. */
function question({ instruction, input }: RecordFields, where: string): string {
  const texts = Object.entries({ instruction, input }).map(([name, value]) => {
    if (typeof value === "string") return value;
    const absent = value === undefined || value === null;
    if (absent && (name === "input" || typeof input === "string" && input !== "")) return "";
    throw fieldMisfit(where, name, value, "a text");
  });
  return texts.filter((text) => text !== "").join("\n");
}
