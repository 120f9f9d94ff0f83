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

/** The fields of a record that give its clips' rates. */
export const RATES: readonly string[] = ["fps", "sample_fps"];

/** The fields of an object that hold a clip's frames. */
const FRAMES = ["video", "frames", "images"];

/**
 * Returns the clips of a record's field: a list of clips. The record's own `fps` or `sample_fps`, one for all
 * or a list of one for each, holds for clips that do not say theirs.
 * @param one true for a field that holds one clip
 * @throws {VitrailError} `dataset` for a film's file, which is not decoded, and for anything else.
 */
export function clipList(
  record: Readonly<Record<string, unknown>>,
  field: string,
  place: RecordPlace,
  one = false,
): RecordClip[] {
  const { [field]: value } = record;
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.length === 0) return [];
  const values = one ? [value] : Array.isArray(value) ? value : [value];
  const name = record.sample_fps === undefined ? "fps" : "sample_fps", rates = record[name];
  if (Array.isArray(rates) && rates.length !== values.length) {
    throw fieldMisfit(place.where, name, rates, `a number, or one for each of ${values.length} clips`);
  }
  return values.map((own, index) => {
    const clip = clipValue(own, one || values !== value ? field : `${field}[${index}]`, place);
    const rate = rateOf(Array.isArray(rates) ? rates[index] : rates, name, place.where);
    return { ...clip, ...(rate !== undefined && { times: { fps: rate, ...clip.times } }) };
  });
}

/**
 * Returns the clip that a value is: the list of its frames, or an object that holds it with the times of its
 * frames. `fps` or `sample_fps` is how many of these frames stand in a second; `video_start` and `video_end`
 * are seconds of the film that they are taken from.
 * Source: qwen-vl-utils `vision_process.py`, `fetch_video`.
 * @throws {VitrailError} `dataset` for a film's file, which is not decoded, and for anything else.
 */
export function clipValue(value: unknown, field: string, place: RecordPlace): RecordClip {
  const held = isRecord(value) ? FRAMES.find((name) => Array.isArray(value[name])) : undefined;
  const frames = held === undefined ? value : (value as Record<string, unknown>)[held];
  if (!Array.isArray(frames) || frames.length === 0) {
    throw fieldMisfit(place.where, field, value, "the list of a clip's frames; films are not decoded");
  }
  const name = held === undefined ? field : `${field}.${held}`;
  const times = isRecord(value) ? clipTimes(value, frames.length, field, place.where) : {};
  return {
    frames: pictureList(frames, name, { where: place.where, network: place.network }),
    ...(Object.keys(times).length > 0 && { times }),
  };
}

/**
 * Returns the times that an object gives for the frames of its clip.
 * @throws {VitrailError} `dataset` for numbers that are none, and for those that contradict one another.
 */
export function clipTimes(
  value: Readonly<Record<string, unknown>>,
  count: number,
  field: string,
  where: string,
): ClipTimes {
  const name = value.sample_fps === undefined || value.sample_fps === null ? "fps" : "sample_fps";
  const rate = rateOf(value[name], `${field}.${name}`, where);
  const raw = rateOf(value.raw_fps, `${field}.raw_fps`, where);
  if (raw !== undefined && raw !== rate) {
    throw fieldMisfit(where, `${field}.raw_fps`, value.raw_fps, `${name}, the rate of the frames listed`);
  }
  const start = secondsOf(value.video_start, `${field}.video_start`, where);
  const end = secondsOf(value.video_end, `${field}.video_end`, where), length = (end ?? 0) - (start ?? 0);
  if (end !== undefined && (length <= 0 || Math.abs(count - length * (rate ?? count / length)) > 1)) {
    const expected = rate === undefined ? "more than video_start" : `${(start ?? 0) + count / rate}`;
    throw fieldMisfit(where, `${field}.video_end`, end, `${expected} seconds: there are ${count} frames`);
  }
  const fps = rate ?? (end === undefined ? undefined : count / length);
  return { ...(fps !== undefined && { fps }), ...(start !== undefined && { start }) };
}

function rateOf(value: unknown, field: string, where: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  const rate = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof rate === "number" && Number.isFinite(rate) && rate > 0) return rate;
  throw fieldMisfit(where, field, value, "a number of frames a second, above 0");
}

function secondsOf(value: unknown, field: string, where: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw fieldMisfit(where, field, value, "a number of seconds, from 0");
}
