import { VitrailError } from "../../errors.ts";
import { fieldMisfit, sampleOf, type Turn } from "../data/sample.ts";
import { PLACEHOLDER } from "../text/placeholders.ts";
import { type DataFormat, holds, type RecordFields } from "./data_format.ts";
import { markLike, markOf } from "./media_marks.ts";
import { plain, showsPictures } from "./place_media.ts";
import { isCaller, roleNamed, TURN_FIELDS } from "./record_turns.ts";
import { isRecord } from "./values/json_values.ts";
import { pictureList, requireMembersUsed } from "./values/picture_values.ts";

/**
 * InternLM-XComposer's `data.json`. Its turns are read as they are, and placeholders may stand in any turn.
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
    requireTurns(conversations, images.length, place.where);
    const turns = conversations.map(({ from, value }) => ({ from, value }));
    return { sample: { ...(id !== undefined && { id }), conversations: turns, images }, pictures };
  },
};

/**
 * Checks that turns are of known speakers, and that no other code's mark stands for a picture in them.
 * @throws {VitrailError} `dataset`, with the turn, where that is not so.
 */
function requireTurns(turns: readonly Turn[], pictures: number, where: string): void {
  const written = turns.reduce((sum, { value }) => sum + value.split(PLACEHOLDER).length - 1, 0);
  for (const [index, { from, value }] of turns.entries()) {
    const field = `conversations[${index}]`;
    const role = isCaller(from) ? "assistant" : roleNamed(from, `${field}.from`, where);
    // Other marks are words once each picture has its own.
    const seen = showsPictures(role) && (pictures === 0 || written !== pictures);
    const mark = seen ? markLike(value, [PLACEHOLDER]) : undefined;
    if (mark !== undefined) {
      const advice = `xcomposer reads ${PLACEHOLDER}; --format llava reads <image> and models' own marks`;
      throw new VitrailError("dataset", `${where}: ${field}.value holds ${mark}, and ${advice}`);
    }
    plain(value.replaceAll(PLACEHOLDER, ""), `${field}.value`, where);
  }
}

/** Returns the first field of a turn that other formats read and this one does not. */
function unreadField({ conversations }: RecordFields): { field: string; value: unknown } | undefined {
  for (const [index, turn] of Array.isArray(conversations) ? conversations.entries() : []) {
    const name = TURN_FIELDS.find((own) => isRecord(turn) && holds(turn, own));
    if (name !== undefined) return { field: `conversations[${index}].${name}`, value: turn[name] };
  }
  return undefined;
}
