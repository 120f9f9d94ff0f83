import { fieldMisfit, sampleOf } from "../data/sample.ts";
import { type DataFormat, holds, type RecordFields } from "./data_format.ts";
import { markOf } from "./media_marks.ts";
import { TURN_FIELDS } from "./record_turns.ts";
import { isRecord } from "./values/json_values.ts";
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
    if (mark === "<ImageHere>") return "yes";
    return mark === undefined && unreadField(record) === undefined ? "maybe" : "no";
  },
  sampleOf(record, place) {
    for (const name of ["system", "tools"].filter((name) => holds(record, name))) {
      throw fieldMisfit(
        place.where,
        name,
        record[name],
        "none: xcomposer reads turns and pictures alone; --format llava reads it",
      );
    }
    const unread = unreadField(record);
    if (unread !== undefined) {
      const { field, value } = unread, expected = "none: xcomposer reads of a turn from and value alone";
      throw fieldMisfit(place.where, field, value, `${expected}; --format llava reads it`);
    }
    const pictures = pictureList(record.image, "image", place);
    requireMembersUsed(pictures, place);
    const image = pictures.map(({ name }) => name);
    const { id, conversations, images } = sampleOf({ ...record, image }, place.where);
    const turns = conversations.map(({ from, value }) => ({ from, value }));
    return { sample: { ...(id !== undefined && { id }), conversations: turns, images }, pictures };
  },
};

/** Returns the first field of a turn that other formats read and this one does not. */
function unreadField({ conversations }: RecordFields): { field: string; value: unknown } | undefined {
  for (const [index, turn] of Array.isArray(conversations) ? conversations.entries() : []) {
    const name = TURN_FIELDS.find((own) => isRecord(turn) && holds(turn, own));
    if (name !== undefined) return { field: `conversations[${index}].${name}`, value: turn[name] };
  }
  return undefined;
}
