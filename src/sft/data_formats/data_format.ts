import { parsedJson, plainValue } from "./values/json_values.ts";
import type { RecordClip } from "./values/record_clips.ts";
import {
  type ClipTimes,
  fieldMisfit,
  idOf,
  isObjects,
  type Sample,
  type SampleObjects,
} from "../data/sample.ts";
import {
  pictureList,
  type RecordPicture,
  type RecordPlace,
  requireMembersUsed,
} from "./values/picture_values.ts";
import { type MediumPlace, type PlacedMedia, placeMedia } from "./place_media.ts";
import { type RecordTurn, toolsOf } from "./record_turns.ts";

/** The fields of a record. */
export type RecordFields = Readonly<Record<string, unknown>>;

/** A record that its format has read: the sample, and the pictures that `images` names. */
export interface FormattedSample {
  readonly sample: Sample;
  /** As many as `sample.images` has names, in that order. */
  readonly pictures: readonly RecordPicture[];
}

/** A way in which records say their turns and their pictures. */
export interface DataFormat {
  /** Its name, as `--format` takes it. */
  readonly name: string;
  /** The fields by which it is known, for messages. */
  readonly about: string;
  /** The fields that it reads pictures and clips from. */
  readonly media: readonly string[];
  /** All other fields that it reads. */
  readonly fields: readonly string[];
  /** Says whether a record is of this format, as far as the record alone shows it. */
  fits(record: RecordFields): "yes" | "maybe" | "no";
  /**
   * Reads a record.
   * @throws {VitrailError} `dataset`, with the field, where it is not as the format says.
   */
  sampleOf(record: RecordFields, place: RecordPlace): FormattedSample;
}

/** A record in the fields of its format: turns whose pictures have marks. */
export interface MarkedRecord {
  readonly turns: readonly RecordTurn[];
  readonly pictures: readonly RecordPicture[];
  readonly clips: readonly RecordClip[];
  /** As in {@linkcode placeMedia}. */
  readonly unmarked: "first" | "refused";
  readonly objects?: SampleObjects;
}

/** Returns whether a record has a field that holds something: no null, no empty text or list. */
export function holds(record: RecordFields, ...names: readonly string[]): boolean {
  return names.some((name) => {
    const value = record[name];
    if (value === undefined || value === null || value === "") return false;
    return !Array.isArray(value) || value.length > 0;
  });
}

/** Returns the sample of a record whose pictures have marks. */
export function markedSample(
  record: RecordFields,
  { turns, pictures, clips, unmarked, objects }: MarkedRecord,
  fields: readonly string[],
  place: RecordPlace,
): FormattedSample {
  const counts = { pictures: pictures.length, clips: clips.length, fields, unmarked };
  const placed = placeMedia(turns, counts, place.where);
  requireMembersUsed([...pictures, ...clips.flatMap(({ frames }) => frames)], place);
  return placedSample(record, placed, { pictures, clips, objects }, place);
}

/** Returns the sample of a conversation whose pictures have their places. */
export function placedSample(
  record: RecordFields,
  { conversations, order }: PlacedMedia,
  { pictures, clips, objects }: Pick<MarkedRecord, "pictures" | "clips" | "objects">,
  place: RecordPlace,
): FormattedSample {
  const media: RecordPicture[] = [], ranges: [number, number][] = [], times: (ClipTimes | null)[] = [];
  for (const { clip, index } of order) {
    const own = clip ? clips[index].frames : [pictures[index]];
    if (clip) {
      ranges.push([media.length, media.length + own.length]);
      times.push(clips[index].times ?? null);
    }
    media.push(...own);
  }
  return {
    sample: {
      ...idOf(record, place.where),
      conversations,
      images: media.map(({ name }) => name),
      ...(ranges.length > 0 && { clips: ranges }),
      ...(times.some((own) => own !== null) && { clipTimes: times }),
      ...(objects && { objects: reordered(objects, order) }),
      ...toolsOf(record, place),
    },
    pictures: media,
  };
}

/** Returns boxes whose pictures are counted in the conversation's order. */
function reordered(objects: SampleObjects, order: readonly MediumPlace[]): SampleObjects {
  const { image_id: ids } = objects;
  if (ids === undefined || ids === null) return objects;
  const pictures = order.filter(({ clip }) => !clip).map(({ index }) => index);
  // The number of no picture stays, and is found out with the box.
  return { ...objects, image_id: ids.map((id) => pictures.includes(id) ? pictures.indexOf(id) : id) };
}

/** Returns the pictures of the first of some fields that holds something. */
export function pictureField(record: RecordFields, names: readonly string[], place: RecordPlace) {
  const name = names.find((own) => holds(record, own)) ?? names[0];
  return pictureList(holds(record, name) ? record[name] : undefined, name, place);
}

/**
 * Returns a record's `objects`, which may be JSON in a text.
 * @throws {VitrailError} `dataset` for what are no boxes.
 */
export function objectsOf(record: RecordFields, { where }: RecordPlace): SampleObjects | undefined {
  const { objects } = record;
  if (!holds(record, "objects")) return undefined;
  const value = typeof objects === "string" ? parsedJson(objects, "objects", where) : plainValue(objects);
  if (isObjects(value)) return value;
  throw fieldMisfit(where, "objects", objects, '{"bbox": [[x1, y1, x2, y2], …], "ref": […]}');
}
