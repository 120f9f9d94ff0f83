import { readPicture } from "../../codecs/encoded_picture.ts";
import { bytesForOneUse, fileOf, type Picture, type RawPixels } from "../../codecs/picture.ts";
import type { SentError } from "../../runtime/sent_error.ts";
import type { ExecutorName } from "../executor.ts";
import type { EngineOptions } from "../options.ts";
import type { RowArray } from "../run/sinks.ts";
import type { LaneRows, LaneWork } from "./lane_work.ts";

/** All that a Worker needs to open its lane. */
export interface LaneSetup {
  /** The executor to open. */
  executor: ExecutorName;
  /** Bytes that the executor's work may take. */
  memory: number;
  /** The pictures that it decodes at once; as many as cores can where nobody says. */
  decodes?: number;
  /** The pixels that go up to its GPU. */
  upload?: EngineOptions["upload"];
  /** The port for work and answers. */
  port: MessagePort;
}

/** A picture as it crosses to a Worker, where its file is read, if it is one. */
type SentPicture = string | { url: string } | { bytes: Uint8Array<ArrayBuffer>; name: string } | RawPixels;

/** A chunk to be made, as it crosses to a Worker. */
export interface WorkMessage extends Omit<LaneWork, "pictures"> {
  /** The number by which the answer names it. */
  id: number;
  pictures: [index: number, picture: SentPicture][];
  arrays: RowArray[];
}

/** The word that nobody waits for a chunk any more. */
export interface CancelMessage {
  cancel: number;
}

/**
 * The answers of a Worker: its lane is open, a chunk's rows, or an error; without `id` the lane's own.
 * `spent` says that the chunk was done again in vain.
 */
export type LaneAnswer =
  | { opened: true }
  | { loaded: number }
  | { id: number; rows: LaneRows }
  | { id?: number; error: SentError; spent?: boolean };

/**
 * Returns a chunk's work as a message, and the memory that goes with it and is no longer the sender's. A file
 * whose bytes go with it takes their place in `pictures`: should the lane be gone, another reads it again.
 */
export async function workMessage(
  id: number,
  { plan, pictures, options }: LaneWork,
  arrays: RowArray[],
): Promise<{ message: WorkMessage; transfer: ArrayBuffer[] }> {
  const sent: WorkMessage["pictures"] = [], transfer = arrays.map(({ bytes }) => bytes.buffer);
  for (const [index, picture] of pictures) {
    const own = await sentPicture(picture, index, options.maxBytes), file = fileOf(picture);
    sent.push([index, own]);
    if (file) pictures.set(index, file);
    if (typeof own === "object" && "bytes" in own) transfer.push(own.bytes.buffer);
    if (typeof own === "object" && "data" in own) transfer.push(own.data.buffer as ArrayBuffer);
  }
  return { message: { id, plan, options, pictures: sent, arrays }, transfer };
}

/** Returns a picture as it crosses. Bytes are copied, since they stay the caller's, but for a file's. */
async function sentPicture(picture: Picture, index: number, maxBytes?: number): Promise<SentPicture> {
  if (typeof picture === "string") return picture;
  if (picture instanceof URL) return { url: picture.href };
  const source = await readPicture(picture, index, maxBytes);
  if ("bytes" in source) {
    const { bytes, name } = source;
    return { bytes: fileOf(picture) ? bytes as Uint8Array<ArrayBuffer> : bytes.slice(), name };
  }
  const { width, height, data, channels } = source;
  return { width, height, data: data.slice(), channels };
}

/** Returns a chunk's work of a message. */
export function workOf({ plan, options, pictures }: WorkMessage): LaneWork {
  return { plan, options, pictures: new Map(pictures.map(([index, sent]) => [index, pictureOf(sent)])) };
}

/** Returns a picture of a message, whose bytes are nobody else's. */
function pictureOf(sent: SentPicture): Picture {
  if (typeof sent === "string" || "data" in sent) return sent;
  return "url" in sent ? new URL(sent.url) : bytesForOneUse(sent.bytes, sent.name);
}
