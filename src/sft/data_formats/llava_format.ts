import { markOf } from "./media_marks.ts";
import { type DataFormat, holds, markedSample } from "./data_format.ts";
import { pictureList } from "./values/picture_values.ts";
import { systemTurn, turnsIn } from "./record_turns.ts";
import { CLIP_TIMES, clipList } from "./values/record_clips.ts";

/** The fields that pictures and clips stand in. */
const MEDIA = ["image", "video"];

/**
 * LLaVA's JSON, and that of LLaVA-OneVision and Interleave, where `image` is a list.
 * Source: LLaVA `docs/Finetune_Custom_Data.md`.
 */
export const llavaFormat: DataFormat = {
  name: "llava",
  about: 'conversations of {"from", "value"}, image, and <image> in the texts',
  media: MEDIA,
  fields: ["id", "conversations", "system", "tools", ...CLIP_TIMES],
  fits(record) {
    if (!holds(record, "conversations") || holds(record, "images", "videos")) return "no";
    const mark = markOf(record);
    return mark === "<ImageHere>" ? "no" : mark === undefined ? "maybe" : "yes";
  },
  sampleOf(record, place) {
    return markedSample(
      record,
      {
        turns: [...systemTurn(record, place), ...turnsIn(record, ["conversations", "from", "value"], place)],
        pictures: holds(record, "video") ? [] : pictureList(record.image, "image", place),
        clips: clipList(record, "video", place, true),
        unmarked: "refused",
      },
      MEDIA,
      place,
    );
  },
};
