import { shown, VitrailError } from "../errors.ts";

/** A part of a message, as OpenAI and Hugging Face write it. */
export type MessagePart =
  | { readonly type: "text"; readonly text: string }
  /** A picture, or only its size. */
  | { readonly type: "image"; readonly image?: unknown; readonly url?: unknown; readonly path?: unknown }
  | { readonly type: "image_url"; readonly image_url: string | { readonly url: string } }
  /**
   * A clip: the list of the frames that the model is to see, or `{ frames, width, height, fps }`. Those are a
   * longer clip's count, size and rate, and the frames are chosen as the model's class does.
   */
  | { readonly type: "video"; readonly video?: unknown; readonly fps?: number };

/** One message of a conversation. Other fields, such as `tool_calls`, go to the template as they are. */
export interface Message {
  /** The speaker: `system`, `developer`, `user`, `assistant` or `tool`. */
  readonly role: string;
  /** A text, or parts; null where there is none, beside `tool_calls`. */
  readonly content?: string | readonly MessagePart[] | null;
  /** Any other field. */
  readonly [field: string]: unknown;
}

/** A picture or a clip of a conversation, as it was given. */
export interface Medium {
  /** True for a clip. */
  readonly video: boolean;
  /** The picture, its size, the frames or their count and size. */
  readonly value: unknown;
  /** Frames a second of a clip that is given as the list of its frames, where that is known. */
  readonly fps?: number;
  /** The place in messages: `messages[0].content[1]`. */
  readonly where: string;
}

/** A conversation, read. */
export interface ReadMessages {
  /** The messages as templates take them: each picture as `{ type: "image" }`, each clip as `video`. */
  readonly messages: readonly Readonly<Record<string, unknown>>[];
  /** The pictures and clips, in order. */
  readonly media: readonly Medium[];
}

/** The speakers that chat templates know. */
const ROLES = ["system", "developer", "user", "assistant", "tool"];

/** The fields that hold a picture, in the order in which they are looked for. */
export const PICTURE_FIELDS = ["image", "url", "path", "base64"] as const;

/** The fields by which qwen_vl_utils scales one picture, or thins out a clip; and words. */
const UNREAD = [
  ...["min_pixels", "max_pixels", "total_pixels", "resized_height", "resized_width"],
  ...["nframes", "min_frames", "max_frames", "text"],
];

/**
 * Reads a conversation. Pictures and clips are taken out of it, and their places are kept.
 *
 * @param where the conversation's name in messages
 * @throws {VitrailError} `usage`, with the place, for what is no message: an unknown role, a part of another
 * type, a part without its picture.
 */
export function readMessages(messages: readonly Message[], where = "messages"): ReadMessages {
  if (!Array.isArray(messages) || messages.length === 0) {
    throw misfit(where, messages, "a list of messages, one at least");
  }
  const media: Medium[] = [];
  const read = messages.map((message: Message, index) => {
    const place = `${where}[${index}]`;
    if (typeof message !== "object" || message === null) {
      throw misfit(place, message, 'a message, {"role": …, "content": …}');
    }
    if (!ROLES.includes(message.role)) {
      throw misfit(`${place}.role`, message.role, `one of ${ROLES.join(", ")}`);
    }
    return { ...message, ...contentOf(message, `${place}.content`, media) };
  });
  return { messages: read, media };
}

function contentOf({ content, tool_calls }: Message, where: string, media: Medium[]) {
  if (typeof content === "string") return {};
  if ((content === null || content === undefined) && tool_calls !== undefined) return {};
  if (!Array.isArray(content)) throw misfit(where, content, "a text, or a list of parts");
  return {
    content: content.map((part: MessagePart, index) => partOf(part, `${where}[${index}]`, media)),
  };
}

/**
 * Says what a part of a picture or clip asks for that is not done, as the end of a message that begins with
 * its place; undefined for nothing.
 */
export function unreadOf(part: Readonly<Record<string, unknown>>): string | undefined {
  const isHeld = (name: string) => part[name] !== undefined && part[name] !== null && part[name] !== "";
  const held = [...PICTURE_FIELDS, "image_url"].filter(isHeld);
  if (held.length > 1) return ` holds ${held.join(" and ")}, expected one of them`;
  const unread = UNREAD.find(isHeld);
  if (unread === undefined) return undefined;
  const why = "which is not read of a single picture or clip; a recipe's own parameters are those of all";
  return `.${unread} is ${shown(part[unread])}, ${why}`;
}

function partOf(part: MessagePart, where: string, media: Medium[]): Readonly<Record<string, unknown>> {
  if (typeof part !== "object" || part === null) throw misfit(where, part, 'a part, {"type": …}');
  const unread = part.type === "text" ? undefined : unreadOf(part);
  if (unread !== undefined) throw new VitrailError("usage", where + unread);
  switch (part.type) {
    case "text":
      if (typeof part.text !== "string") throw misfit(`${where}.text`, part.text, "a text");
      return part;
    case "image":
      media.push({ video: false, value: pictureOf(part, where), where });
      return { type: "image" };
    case "image_url": {
      const { image_url: held } = part, url = typeof held === "object" ? held?.url : held;
      if (typeof url !== "string") throw misfit(`${where}.image_url`, held, "a text, or { url }");
      media.push({ video: false, value: url, where });
      return { type: "image" };
    }
    case "video": {
      const value = (part as Record<string, unknown>).video;
      if (value === undefined || value === null) throw misfit(`${where}.video`, value, "a clip's frames");
      media.push({ video: true, value, where, ...(part.fps !== undefined && { fps: part.fps }) });
      return { type: "video" };
    }
    default:
      throw misfit(`${where}.type`, (part as { type?: unknown }).type, "text, image, image_url or video");
  }
}

function pictureOf(part: object, where: string): unknown {
  const fields = part as Readonly<Record<string, unknown>>;
  const field = PICTURE_FIELDS.find((name) => fields[name] !== undefined && fields[name] !== null);
  if (field === undefined) throw misfit(`${where}.image`, undefined, "a picture, its path or its size");
  return field === "base64" ? `data:;base64,${fields.base64}` : fields[field];
}

/** Returns the `usage` error of a value that is not as it should be. */
export function misfit(where: string, found: unknown, expected: string): VitrailError {
  const text = found === undefined ? "missing" : shown(found);
  return new VitrailError("usage", `${where} is ${text}, expected ${expected}`);
}
