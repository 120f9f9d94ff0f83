import { fieldMisfit } from "../data/sample.ts";
import { type DataFormat, markedSample, type RecordFields } from "./data_format.ts";
import { answeredTurns, systemTurn } from "./record_turns.ts";
import { isRecord } from "./values/json_values.ts";
import { pictureList, type RecordPlace } from "./values/picture_values.ts";

/** The field that pictures stand in. */
const MEDIA = ["images"];

/**
 * The rows of The Cauldron and of FineVision: `images`, and `texts` of questions and answers about them.
 * Pictures without any mark stand before the first question.
 * Source: the dataset cards of HuggingFaceM4/the_cauldron and HuggingFaceM4/FineVision.
 */
export const cauldronFormat: DataFormat = {
  name: "cauldron",
  about: 'texts of {"user", "assistant"}, and images',
  media: MEDIA,
  fields: ["id", "texts", "system"],
  fits({ texts }) {
    return Array.isArray(texts) && isRecord(texts[0]) && "user" in texts[0] ? "yes" : "no";
  },
  sampleOf(record, place) {
    const pictures = pictureList(record.images, "images", place);
    const turns = [...systemTurn(record, place), ...turnsOf(record, place)];
    return markedSample(record, { turns, pictures, clips: [], unmarked: "first" }, MEDIA, place);
  },
};

function turnsOf({ texts }: RecordFields, { where }: RecordPlace) {
  if (!Array.isArray(texts) || texts.length === 0) {
    throw fieldMisfit(where, "texts", texts, 'a list of {"user", "assistant"}');
  }
  return texts.flatMap((own, index) => {
    if (!isRecord(own)) throw fieldMisfit(where, `texts[${index}]`, own, '{"user", "assistant"}');
    const asked = { text: own.user, field: `texts[${index}].user` };
    return answeredTurns(asked, { text: own.assistant, field: `texts[${index}].assistant` }, where);
  });
}
