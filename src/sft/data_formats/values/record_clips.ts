import { type ClipTimes, fieldMisfit } from "../../data/sample.ts";
import { isRecord } from "./json_values.ts";
import { pictureList, type RecordPicture, type RecordPlace } from "./picture_values.ts";

/** A clip that a record names or holds. */
export interface RecordClip {
  /** Its frames, one at least. */
  readonly frames: readonly RecordPicture[];
  /** The times of its frames; absent where the record does not say. */
  readonly times?: ClipTimes;
}

/** A number that a record gives, with its field for messages. */
interface Given {
  readonly value: number;
  readonly field: string;
}

/** The numbers by which a record, a part or a clip says the times of frames. */
export type GivenTimes = Readonly<Partial<Record<"rate" | "raw" | "start" | "end", Given>>>;

/** A clip as far as it speaks for itself. */
export interface HeldClip {
  /** Its frames, one at least. */
  readonly frames: readonly RecordPicture[];
  readonly times: GivenTimes;
}

/** The fields that say clips' times. */
export const CLIP_TIMES: readonly string[] = ["fps", "sample_fps", "raw_fps", "video_start", "video_end"];

/** The fields of an object that hold a clip's frames. */
const FRAMES = ["video", "frames", "images"];

type Fields = Readonly<Record<string, unknown>>;

/**
 * Returns the clips of a record's field, a list of clips, with the times that {@linkcode timedClips} gives.
 * @param one true for a field that holds one clip
 * @throws {VitrailError} `dataset` for a film's file, which is not decoded, and for anything else.
 */
export function clipList(record: Fields, field: string, place: RecordPlace, one = false): RecordClip[] {
  return timedClips(record, heldClips(record, field, place, one), place.where);
}

/**
 * Returns the clips of a record's field, each with the times that it gives itself.
 * @param one true for a field that holds one clip
 * @throws {VitrailError} `dataset` for a film's file, which is not decoded, and for anything else.
 */
export function heldClips(record: Fields, field: string, place: RecordPlace, one = false): HeldClip[] {
  const { [field]: value } = record;
  if (value === undefined || value === null || value === "") return [];
  if (Array.isArray(value) && value.length === 0) return [];
  const list = !one && Array.isArray(value);
  return (list ? value : [value]).map((own, index) =>
    clipValue(own, list ? `${field}[${index}]` : field, place)
  );
}

/**
 * Returns the clip that a value is: the list of its frames, or an object that holds it with the times of its
 * frames.
 * @throws {VitrailError} `dataset` for a film's file, which is not decoded, and for anything else.
 */
export function clipValue(value: unknown, field: string, place: RecordPlace): HeldClip {
  const held = isRecord(value) ? FRAMES.find((name) => Array.isArray(value[name])) : undefined;
  const frames = held === undefined ? value : (value as Fields)[held];
  if (!Array.isArray(frames) || frames.length === 0) {
    throw fieldMisfit(place.where, field, value, "the list of a clip's frames; films are not decoded");
  }
  const name = held === undefined ? field : `${field}.${held}`;
  return {
    frames: pictureList(frames, name, { where: place.where, network: place.network }),
    times: isRecord(value) ? givenTimes(value, place.where, field) : {},
  };
}

/**
 * Returns the times that an object gives for the frames of a clip. `sample_fps`, or `fps` where it is absent,
 * is how many of these frames stand in a second; `video_start` and `video_end` are seconds of the film that
 * they are taken from.
 * Source for `sample_fps` and `raw_fps`: qwen-vl-utils `vision_process.py`, `fetch_video`.
 * @param field the object's name in messages; absent: its fields are the record's
 * @throws {VitrailError} `dataset` for numbers that are none.
 */
export function givenTimes(value: Fields, where: string, field?: string): GivenTimes {
  const read = (name: string, numberOf: typeof rateOf): Given | undefined => {
    const own = field === undefined ? name : `${field}.${name}`, given = value[name];
    if (given === undefined || given === null) return undefined;
    return { value: numberOf(typeof given === "bigint" ? Number(given) : given, own, where), field: own };
  };
  const rate = read("sample_fps", rateOf) ?? read("fps", rateOf), raw = read("raw_fps", rateOf);
  const start = read("video_start", secondsOf), end = read("video_end", secondsOf);
  return { ...(rate && { rate }), ...(raw && { raw }), ...(start && { start }), ...(end && { end }) };
}

/**
 * Returns a record's clips with their times. The record's own hold for clips that do not say theirs: a rate
 * for all, seconds for the only one, and a list of one for each.
 * @param clips all clips of the record, in order
 * @throws {VitrailError} `dataset` for numbers that are none, for those that contradict one another, for a
 * list of another length, and for one number of seconds beside several clips.
 */
export function timedClips(record: Fields, clips: readonly HeldClip[], where: string): RecordClip[] {
  return clips.map(({ frames, times }, index) => {
    const own = CLIP_TIMES.map((name) => [name, valueFor(record, name, index, clips.length, where)] as const);
    const given = { ...givenTimes(Object.fromEntries(own), where), ...times };
    const found = timesOf(given, frames.length, where);
    return { frames, ...(Object.keys(found).length > 0 && { times: found }) };
  });
}

/** Returns what a record's field says about one of its clips. */
function valueFor(record: Fields, name: string, index: number, count: number, where: string): unknown {
  const { [name]: value } = record, seconds = name === "video_start" || name === "video_end";
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) ? value.length === count : count === 1 || !seconds) {
    return Array.isArray(value) ? value[index] : value;
  }
  throw fieldMisfit(where, name, value, `${seconds ? "" : "a number, or "}one for each of ${count} clips`);
}

function timesOf({ rate, raw, start, end }: GivenTimes, count: number, where: string): ClipTimes {
  if (raw && raw.value !== rate?.value) {
    const expected = rate ? `${rate.value}, as ${rate.field}` : "none without sample_fps";
    throw fieldMisfit(where, raw.field, raw.value, `${expected}: the rate of the frames listed`);
  }
  const from = start?.value ?? 0, length = (end?.value ?? 0) - from, fps = rate?.value;
  if (end && (length <= 0 || Math.abs(count - length * (fps ?? count / length)) > 1)) {
    const expected = fps === undefined ? "more than video_start" : `${from + count / fps}`;
    throw fieldMisfit(where, end.field, end.value, `${expected} seconds: there are ${count} frames`);
  }
  const found = fps ?? (end && count / length);
  return { ...(found !== undefined && { fps: found }), ...(start && { start: from }) };
}

function rateOf(value: unknown, field: string, where: string): number {
  const rate = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof rate === "number" && Number.isFinite(rate) && rate > 0) return rate;
  throw fieldMisfit(where, field, value, "a number of frames a second, above 0");
}

function secondsOf(value: unknown, field: string, where: string): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw fieldMisfit(where, field, value, "a number of seconds, from 0");
}
