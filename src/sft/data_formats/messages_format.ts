import { VitrailError } from "../../errors.ts";
import { PICTURE_FIELDS, readMessages, unreadOf } from "../../text/messages.ts";
import { fieldMisfit, listOfTurns } from "../data/sample.ts";
import { PLACEHOLDER } from "../text/placeholders.ts";
import {
  type DataFormat,
  type FormattedSample,
  holds,
  markedSample,
  pictureField,
  placedSample,
  type RecordFields,
} from "./data_format.ts";
import {
  pictureValue,
  type RecordPicture,
  type RecordPlace,
  requireMembersUsed,
} from "./values/picture_values.ts";
import { markLike } from "./media_marks.ts";
import { MEANT, type MediumPlace, plain, showsPictures, wrongTurn } from "./place_media.ts";
import {
  addCalls,
  isCaller,
  learntOf,
  messageFields,
  type RecordTurn,
  roleNamed,
  sampleTurn,
  systemTurn,
  turnsIn,
} from "./record_turns.ts";
import {
  CLIP_TIMES,
  clipValue,
  givenTimes,
  type HeldClip,
  heldClips,
  timedClips,
} from "./values/record_clips.ts";

/** The fields that pictures and clips stand in, beside the parts of messages. */
const MEDIA = ["images", "image", "videos"];

/**
 * `messages` as OpenAI and Hugging Face write them. Contents are texts, or lists of parts. A part holds its
 * picture (`image`, `image_url`), or is `{"type": "image"}` alone and takes the next of `images`. Where
 * contents are texts, `<image>` marks the places; without any mark pictures stand before the first question.
 * Sources: OpenAI's chat completions; TRL `trl/data_utils.py`, `prepare_multimodal_messages`.
 */
export const messagesFormat: DataFormat = {
  name: "messages",
  about: 'messages of {"role", "content"}, with image or image_url parts, or with images beside them',
  media: MEDIA,
  fields: ["id", "messages", "system", "tools", ...CLIP_TIMES],
  fits(record) {
    return holds(record, "messages") && !holds(record, "response", "objects") ? "yes" : "no";
  },
  sampleOf: messagesSample,
};

/**
 * Returns the sample of a record's `messages`.
 * @param nameOf the name of each message in the errors' texts
 * @throws {VitrailError} `dataset`, with the field, where it is not as the format says.
 */
export function messagesSample(
  record: RecordFields,
  place: RecordPlace,
  nameOf = (index: number): string => `messages[${index}]`,
): FormattedSample {
  const messages = listOfTurns(record.messages, place.where, "messages");
  const inParts = messages.some((message) =>
    partsOf(message).some((part) => typeof part === "object" && part !== null && typeOf(part) !== "text")
  );
  const pictures = pictureField(record, ["images", "image"], place);
  const clips = heldClips(record, "videos", place);
  if (inParts) return partsSample(record, { pictures, clips }, place, nameOf);
  const texts = { ...record, messages: messages.map(withText) };
  const said = turnsIn(texts, ["messages", "role", "content"], place, nameOf);
  const turns = [...systemTurn(record, place), ...said];
  const timed = timedClips(record, clips, place.where);
  return markedSample(record, { turns, pictures, clips: timed, unmarked: "first" }, MEDIA, place);
}

/** The pictures and clips that stand beside the messages. */
interface Beside {
  readonly pictures: readonly RecordPicture[];
  readonly clips: readonly HeldClip[];
}

/** Returns the sample of messages whose parts say where its pictures are. */
function partsSample(
  record: RecordFields,
  beside: Beside,
  place: RecordPlace,
  nameOf: (index: number) => string,
): FormattedSample {
  const { where } = place, pictures: RecordPicture[] = [], held: HeldClip[] = [];
  const order: MediumPlace[] = [], left = { pictures: [...beside.pictures], clips: [...beside.clips] };
  const take = (part: Readonly<Record<string, unknown>>, field: string): string => {
    const clip = part.type === "video";
    if (clip) held.push(clipOf(part, field, left.clips, place));
    else pictures.push(pictureOf(part, field, beside.pictures, left.pictures, place));
    order.push({ clip, index: (clip ? held : pictures).length - 1 });
    return PLACEHOLDER;
  };
  const turns: RecordTurn[] = systemTurn(record, place);
  for (const [index, message] of (record.messages as RecordFields[]).entries()) {
    const field = nameOf(index), { role: named } = message ?? {};
    const role = isCaller(named) ? "assistant" : roleNamed(named, `${field}.role`, where);
    const fields = message && messageFields(message, field, place);
    const parts = checkedParts(message, field, place, fields?.tool_calls !== undefined);
    const text = parts.map((part, at) => {
      const own = `${field}.content[${at}]`;
      if (part.type === "text") {
        return withoutMarks(plain(part.text as string, `${own}.text`, where), role, `${own}.text`, where);
      }
      if (!showsPictures(role)) throw wrongTurn(`a part of type ${part.type}`, role, own, where);
      requireReadWhole(part, own, where);
      return take(part, own);
    }).join("");
    const said = { text, ...(fields && { fields }), ...learntOf(message, field, where) };
    if (isCaller(named)) addCalls(turns, { ...said, field: `${field}.content` }, place);
    else turns.push({ ...said, role, field });
  }
  const conversations = turns.map((turn) => sampleTurn(turn, turn.text));
  if (holds(record, ...MEDIA)) requireNoneLeft(left, beside, where);
  const clips = timedClips(record, held, where);
  requireMembersUsed([...pictures, ...clips.flatMap(({ frames }) => frames)], place);
  return placedSample(record, { conversations, order }, { pictures, clips }, place);
}

/**
 * Checks that a part of a picture or clip has one, and asks for nothing that is not done.
 * @throws {VitrailError} `dataset`, with the field that is not read.
 */
function requireReadWhole(part: Readonly<Record<string, unknown>>, field: string, where: string): void {
  const unread = unreadOf(part);
  if (unread !== undefined) throw new VitrailError("dataset", `${where}: ${field}${unread}`);
}

/**
 * Returns a text that holds no mark of a picture: parts say where those stand.
 * @throws {VitrailError} `dataset`, with the mark.
 */
function withoutMarks(text: string, role: RecordTurn["role"], field: string, where: string): string {
  const mark = showsPictures(role) ? markLike(text) : undefined;
  if (mark === undefined) return text;
  throw new VitrailError(
    "dataset",
    `${where}: ${field} holds ${mark}, and parts of the messages say where pictures stand; ${MEANT}`,
  );
}

/** Returns the parts of a message, each known to be one, a text's one part, and none beside calls alone. */
function checkedParts(message: unknown, field: string, { where }: RecordPlace, calls: boolean) {
  const { content } = (message ?? {}) as { content?: unknown };
  if (calls && (content === undefined || content === null)) return [];
  if (typeof content === "string") return [{ type: "text", text: content }];
  const parts = partsOf(message);
  if (parts.length === 0) throw fieldMisfit(where, `${field}.content`, content, "a text, or a list of parts");
  // A part without a picture of its own takes one from beside the messages.
  const whole = parts.map((part) =>
    typeOf(part) === "image" || typeOf(part) === "video" ? { type: "text", text: "" } : part
  );
  try {
    readMessages([{ role: "user", content: whole as [] }]);
  } catch (error) {
    if (!(error instanceof VitrailError)) throw error;
    throw new VitrailError("dataset", `${where}: ${error.message.replace("messages[0]", field)}`);
  }
  return parts as Readonly<Record<string, unknown>>[];
}

/**
 * Returns the picture of a part: its own, or of those beside the messages the one that its `index` counts, or
 * the next.
 * @param left those that no part has taken, from which it is taken
 */
function pictureOf(
  part: Readonly<Record<string, unknown>>,
  field: string,
  beside: readonly RecordPicture[],
  left: RecordPicture[],
  place: RecordPlace,
): RecordPicture {
  if (part.type === "image_url") {
    const { image_url: held } = part;
    const url = typeof held === "object" && held !== null ? (held as { url?: unknown }).url : held;
    return pictureValue(url, `${field}.image_url`, place);
  }
  const name = PICTURE_FIELDS.find((own) => holds(part, own));
  if (name === "base64") return pictureValue(`data:;base64,${part.base64}`, `${field}.base64`, place);
  if (name !== undefined) return pictureValue(part[name], `${field}.${name}`, place);
  const { index } = part;
  if (index === undefined || index === null) {
    const next = left.shift();
    if (next !== undefined) return next;
    throw fieldMisfit(place.where, `${field}.image`, undefined, "a picture there, or one more in images");
  }
  const at = left.indexOf(beside[Number(index)]);
  if (at >= 0) return left.splice(at, 1)[0];
  throw fieldMisfit(
    place.where,
    `${field}.index`,
    index,
    `one of ${beside.length} images, counted from 0, each once`,
  );
}

/** Returns the clip of a part, its own or the next in `videos`, with the times that the part gives. */
function clipOf(
  part: Readonly<Record<string, unknown>>,
  field: string,
  beside: HeldClip[],
  place: RecordPlace,
): HeldClip {
  if (Array.isArray(part.video)) return clipValue(part, field, place);
  const clip = holds(part, "video") ? clipValue(part.video, `${field}.video`, place) : beside.shift();
  if (clip !== undefined) {
    return { ...clip, times: { ...givenTimes(part, place.where, field), ...clip.times } };
  }
  throw fieldMisfit(
    place.where,
    `${field}.video`,
    undefined,
    "the list of a clip's frames, or one in videos",
  );
}

/** Checks that parts have taken all that stands beside the messages. */
function requireNoneLeft(left: Beside, all: Beside, where: string): void {
  const [name, count, of] = left.pictures.length > 0
    ? ["images", left.pictures.length, all.pictures.length]
    : ["videos", left.clips.length, all.clips.length];
  if (count === 0) return;
  throw new VitrailError(
    "dataset",
    `${where}: ${name} has ${of}, and the messages have ${of - count} parts for them; each wants a part ` +
      `{"type": "${name === "images" ? "image" : "video"}"} in a human turn`,
  );
}

/** Returns a message's parts; none where its content is no list. */
function partsOf(message: unknown): readonly unknown[] {
  const { content } = (message ?? {}) as { content?: unknown };
  return Array.isArray(content) ? content : [];
}

function typeOf(part: unknown): unknown {
  return (part as { type?: unknown } | null)?.type;
}

/** Returns a message whose parts of text are one text. */
function withText(message: unknown): unknown {
  const parts = partsOf(message);
  const texts = parts.map((part) => (part as { text?: unknown } | null)?.text);
  if (texts.length === 0 || texts.some((text) => typeof text !== "string")) return message;
  return { ...(message as object), content: texts.join("") };
}
