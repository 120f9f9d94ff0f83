import { VitrailError } from "../../errors.ts";
import type { Size } from "../../plan/geometry.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import { sampleFrames } from "../../recipes/sample_frames.ts";
import { type Medium, type Message, misfit, readMessages } from "../../text/messages.ts";
import { Refusal } from "../answers/error_answer.ts";
import type { RequestFields } from "./request_fields.ts";
import { givenPicture, givenSize, type PictureSources } from "./given_picture.ts";

/** A conversation whose pictures are all there: nothing of it names a file or an address. */
export interface GivenMessages {
  /** The messages, with the bytes or the size of each picture in its place. */
  readonly messages: readonly Message[];
  /** The pictures and clips, in order. */
  readonly media: readonly Medium[];
}

/**
 * Takes the pictures of a request's messages from where they are.
 *
 * @param limits the most pictures, and the most characters of texts
 * @param clips the recipe that chooses frames of clips whose count and rate are given; absent: all count
 * @throws {VitrailError} `usage`, with the place, for messages that are not as they should be, and for a
 * picture that is neither bytes nor a size; `limit` for more pictures or text; what downloading throws.
 */
export async function givenMessages(
  { messages: given, tools = [] }: Pick<RequestFields, "messages" | "tools">,
  sources: PictureSources,
  limits: { readonly maxPictures: number; readonly maxText: number },
  clips?: Recipe,
): Promise<GivenMessages> {
  const { messages, media } = readMessages(given as readonly Message[]);
  requireShort([messages, tools], limits.maxText);
  requireFew(media.reduce((sum, medium) => sum + picturesOf(medium, clips), 0), limits.maxPictures);
  const taken: Medium[] = [];
  for (const medium of media) taken.push({ ...medium, value: await valueOf(medium, sources) });
  let next = 0;
  const placed = messages.map((message) => {
    if (!Array.isArray(message.content)) return message;
    const content = message.content.map((part: { type: string }) => {
      return part.type === "text" ? part : { ...part, ...fieldsOf(taken[next++]) };
    });
    return { ...message, content };
  });
  return { messages: placed as readonly unknown[] as readonly Message[], media: taken };
}

/** @throws {Refusal} 422 for more pictures than a request may have. */
export function requireFew(pictures: number, most: number): void {
  if (pictures <= most) return;
  throw new Refusal(422, "limit", `there are ${pictures} pictures; ${most} (--max-pictures) is the most`);
}

/** The longest clip, in frames, and in seconds: a day. Choosing frames takes time and memory by both. */
const MOST_FRAMES = 2 ** 20, MOST_SECONDS = 86_400;

/**
 * The pictures that a picture or a clip stands for: of a clip of which only the count and rate are given, the
 * frames that are chosen.
 * @throws {VitrailError} `limit` for a clip that is too long; what `sampleFrames` throws.
 */
function picturesOf({ video, value, fps, where }: Medium, clips: Recipe | undefined): number {
  if (Array.isArray(value)) return value.length;
  if (!video) return 1;
  const { frames, fps: rate = fps } = (value ?? {}) as { frames?: number; fps?: number };
  if (!Number.isSafeInteger(frames) || frames! < 1) return 1; // refused where it is read
  const isRate = typeof rate === "number" && rate > 0;
  if (frames! > MOST_FRAMES || isRate && frames! / rate > MOST_SECONDS) {
    throw new VitrailError("limit", `${where} has more than ${MOST_FRAMES} frames, or lasts more than a day`);
  }
  if (clips === undefined) return frames!;
  return sampleFrames(clips, { frames: frames!, ...(rate !== undefined && { fps: rate }) }).indices.length;
}

/** Returns a picture, or a clip's frames or its count and size. */
async function valueOf({ value, video, where }: Medium, sources: PictureSources): Promise<unknown> {
  if (!video) return await givenPicture(value, where, sources);
  if (typeof value === "string") {
    throw misfit(`${where}.video`, value, "a clip's frames; films are not decoded");
  }
  if (!Array.isArray(value)) {
    const { width, height } = (value ?? {}) as Partial<Size>;
    return { ...(value as object), ...givenSize({ width, height }, `${where}.video`, sources.maxPixels) };
  }
  const frames: unknown[] = [];
  for (const [index, frame] of value.entries()) {
    frames.push(await givenPicture(frame, `${where}.video[${index}]`, sources));
  }
  return frames;
}

/** The fields of a part that hold a picture or a clip. */
function fieldsOf({ video, value, fps }: Medium): Readonly<Record<string, unknown>> {
  return video ? { video: value, ...(fps !== undefined && { fps }) } : { image: value };
}

/** @throws {VitrailError} `limit` for texts of more characters. */
function requireShort(texts: readonly unknown[], most: number): void {
  const { length } = JSON.stringify(texts);
  if (length <= most) return;
  throw new VitrailError(
    "limit",
    `messages and tools have ${length} characters without pictures; ${most} (--max-text) is the most`,
  );
}
