import { fieldMisfit, sampleOf } from "../data/sample.ts";
import { type DataFormat, holds } from "./data_format.ts";
import { markOf } from "./media_marks.ts";
import { pictureList, requireMembersUsed } from "./values/picture_values.ts";

/**
 * InternLM-XComposer's `data.json`. Its turns are read as they are: any speaker that is neither human nor the
 * system is the model, and placeholders may stand in any turn.
 * Source: InternLM-XComposer `finetune/README.md`.
 */
export const xcomposerFormat: DataFormat = {
  name: "xcomposer",
  about: 'conversations of {"from", "value"}, image, and <ImageHere> in the texts',
  media: ["image"],
  fields: ["id", "conversations"],
  fits(record) {
    if (!holds(record, "conversations") || holds(record, "images", "videos")) return "no";
    const mark = markOf(record);
    return mark === "<ImageHere>" ? "yes" : mark === undefined ? "maybe" : "no";
  },
  sampleOf(record, place) {
    for (const name of ["system", "tools"].filter((name) => holds(record, name))) {
      throw fieldMisfit(place.where, name, record[name], "none, in place of which turns are read");
    }
    const pictures = pictureList(record.image, "image", place);
    requireMembersUsed(pictures, place);
    const image = pictures.map(({ name }) => name);
    const { id, conversations, images } = sampleOf({ ...record, image }, place.where);
    const turns = conversations.map(({ from, value }) => ({ from, value }));
    return { sample: { ...(id !== undefined && { id }), conversations: turns, images }, pictures };
  },
};
