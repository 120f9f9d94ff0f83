import { VitrailError } from "../../errors.ts";
import type { Turn } from "../data/sample.ts";
import { PLACEHOLDER } from "../text/placeholders.ts";
import {
  CLIP_MARKS,
  markLike,
  type MediaMark,
  NAMED_PICTURE,
  PICTURE_MARKS,
  unreadMark,
} from "./media_marks.ts";
import { type RecordTurn, sampleTurn } from "./record_turns.ts";

/** InternLM-XComposer's mark in other letters, which nobody reads. */
const MISSPELT: MediaMark = { text: "<imagehere>", pattern: /<image[ _-]?here>/gi, token: true };

/** The way out where a mark is no mark. */
export const MEANT = "where words are meant, set it in backticks";

/** The place of a picture or clip in a conversation. */
export interface MediumPlace {
  /** True for a clip. */
  readonly clip: boolean;
  /** The place among the sample's pictures, or among its clips, from 0. */
  readonly index: number;
}

/** A conversation whose pictures and clips have their places. */
export interface PlacedMedia {
  /** The turns, with {@linkcode PLACEHOLDER} for each picture and clip. */
  readonly conversations: readonly Turn[];
  /** The pictures and clips in the order of their placeholders. */
  readonly order: readonly MediumPlace[];
}

/** The counts of a sample's pictures and clips, and what is known of their places. */
export interface MediaCounts {
  readonly pictures: number;
  readonly clips: number;
  /** The fields that pictures are looked for in, for messages. */
  readonly fields: readonly string[];
  /** The place of pictures that no mark stands for: before the first human turn's words, or none. */
  readonly unmarked: "first" | "refused";
}

/** A mark found in a turn. */
interface FoundMark extends MediumPlace {
  readonly turn: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Finds the marks of pictures and clips in turns, pairs them in order or by their numbers, and writes a
 * placeholder in the place of each.
 *
 * @param where the sample's name in messages
 * @throws {VitrailError} `dataset`, naming the sample and the turns, where marks and pictures differ in
 * number, where one stands in a turn in which nobody shows pictures, where a mark of another code may be
 * meant, and where a model's token would be left
 * over.
 */
export function placeMedia(turns: readonly RecordTurn[], counts: MediaCounts, where: string): PlacedMedia {
  const { pictures, clips } = counts;
  if (pictures + clips === 0) requireNoMarks(turns, counts, where);
  const found = [
    ...marksFor(turns, PICTURE_MARKS, { ...counts, count: pictures, noun: "picture", clip: false }, where),
    ...marksFor(turns, CLIP_MARKS, { ...counts, count: clips, noun: "clip", clip: true }, where),
  ].sort((a, b) => a.turn - b.turn || a.from - b.from);
  const conversations = turns.map((own, turn) => {
    const { text, field } = own;
    let value = "", at = 0;
    for (const { from, to } of found.filter((mark) => mark.turn === turn)) {
      value += plain(text.slice(at, from), field, where) + PLACEHOLDER;
      at = to;
    }
    value += plain(text.slice(at), field, where);
    return sampleTurn(own, value);
  });
  return { conversations, order: found.map(({ clip, index }) => ({ clip, index })) };
}

/**
 * Returns a text that is known to hold no mark.
 * @throws {VitrailError} `dataset` where it holds a model's token for a picture or a clip, or names a picture
 * as Qwen-VL's data do.
 */
export function plain(text: string, field: string, where: string): string {
  const named = text.match(NAMED_PICTURE)?.[0];
  if (named !== undefined) {
    throw new VitrailError(
      "dataset",
      `${where}: ${field} holds ${
        named.slice(0, 80)
      }, which names a picture; name it in a field, and mark its place`,
    );
  }
  for (const { pattern, token } of [...PICTURE_MARKS, ...CLIP_MARKS, MISSPELT]) {
    const left = token ? text.match(pattern)?.[0] : undefined;
    if (left === undefined) continue;
    throw new VitrailError(
      "dataset",
      `${where}: ${field} holds ${left}, which stands for no picture or clip of the sample; take it out`,
    );
  }
  return text;
}

/**
 * Checks that a sample without pictures and clips has no marks for some, of whatever code they are.
 * @throws {VitrailError} `dataset` with the first mark in a turn in which somebody may show a picture.
 */
function requireNoMarks(turns: readonly RecordTurn[], { fields }: MediaCounts, where: string): void {
  for (const { role, text, field } of turns) {
    const mark = showsPictures(role) ? markLike(text) : undefined;
    if (mark === undefined || ["<image>", "<video>"].includes(mark)) continue; // those are counted below
    throw new VitrailError(
      "dataset",
      `${where}: ${field} holds ${mark}, and the sample has no pictures or clips (in ${
        fields.join(", ")
      }); ` +
        MEANT,
    );
  }
}

/** One kind of media to be paired. */
interface Wanted extends MediaCounts {
  readonly count: number;
  readonly noun: string;
  readonly clip: boolean;
}

function marksFor(
  turns: readonly RecordTurn[],
  marks: readonly MediaMark[],
  wanted: Wanted,
  where: string,
): FoundMark[] {
  const { count, clip } = wanted, own = marks[0];
  const found = marks.map((mark) => ({ mark, places: placesOf(turns, mark, clip) }));
  const held = found.filter(({ places }) => places.length > 0);
  if (count === 0) {
    const surplus = held.filter(({ mark }) => mark === own || mark.token);
    if (surplus.length > 0) throw mispaired(turns, own, surplus, wanted, where);
    return [];
  }
  const fitting = held.find(({ places }) => places.length === count);
  if (fitting !== undefined) {
    requireSeen(turns, fitting.mark, fitting.places, where);
    return numbered(fitting.places, fitting.mark, wanted, where);
  }
  const first = turns.findIndex(({ role }) => role === "human");
  if (held.length > 0 || wanted.unmarked === "refused" || first < 0) {
    throw mispaired(turns, own, held, wanted, where);
  }
  requireNoUnread(turns, wanted, own, where);
  return Array.from({ length: count }, (_, index) => ({ turn: first, from: 0, to: 0, clip, index }));
}

/**
 * Checks that turns hold nothing that may stand for a picture or clip and is not read.
 * @throws {VitrailError} `dataset` with the first of it.
 */
function requireNoUnread(
  turns: readonly RecordTurn[],
  { noun }: Wanted,
  own: MediaMark,
  where: string,
): void {
  for (const { role, text, field } of turns) {
    const mark = showsPictures(role) ? unreadMark(text) : undefined;
    if (mark === undefined) continue;
    throw new VitrailError(
      "dataset",
      `${where}: ${field} holds ${mark}, which is not read; ${own.text} marks the place of a ${noun}; ` +
        MEANT,
    );
  }
}

/** Finds a mark in all turns. Its index is its number, or where marks have none, its place among them. */
function placesOf(turns: readonly RecordTurn[], { pattern }: MediaMark, clip: boolean): FoundMark[] {
  const places: FoundMark[] = [];
  for (const [turn, { text }] of turns.entries()) {
    for (const { index: from, 0: whole, 1: number } of text.matchAll(pattern)) {
      const index = number === undefined ? places.length : Number(number);
      places.push({ turn, from, to: from + whole.length, clip, index });
    }
  }
  return places;
}

/** Returns the places with indices from 0. Numbers are counted from 0 or from 1, each once. */
function numbered(places: FoundMark[], { text }: MediaMark, { count }: Wanted, where: string): FoundMark[] {
  const numbers = places.map(({ index }) => index), first = Math.min(...numbers);
  if (first <= 1 && Math.max(...numbers) === first + count - 1 && new Set(numbers).size === count) {
    return places.map((place) => ({ ...place, index: place.index - first }));
  }
  throw new VitrailError(
    "dataset",
    `${where}: marks such as ${text} have the numbers ${
      numbers.join(", ")
    }, expected 1 to ${count}, each once`,
  );
}

/** Returns whether pictures may stand in the turns of a speaker: in questions, and in tools' answers. */
export function showsPictures(role: RecordTurn["role"]): boolean {
  return role === "human" || role === "tool";
}

function requireSeen(
  turns: readonly RecordTurn[],
  { text }: MediaMark,
  places: readonly FoundMark[],
  where: string,
): void {
  for (const { turn } of places) {
    const { role, field } = turns[turn];
    if (!showsPictures(role)) throw wrongTurn(text, role, field, where);
  }
}

/** The `dataset` error of a picture in a turn of a speaker who shows none. */
export function wrongTurn(what: string, role: RecordTurn["role"], field: string, where: string) {
  return new VitrailError(
    "dataset",
    `${where}: ${what} stands in ${field}, a turn of the ${role}; pictures stand in human turns and in ` +
      "tools' answers",
  );
}

function mispaired(
  turns: readonly RecordTurn[],
  own: MediaMark,
  held: readonly { mark: MediaMark; places: readonly FoundMark[] }[],
  { count, noun, fields }: Wanted,
  where: string,
): VitrailError {
  const counted = count === 1 ? `1 ${noun}` : `${count === 0 ? "no" : count} ${noun}s`;
  const wanted = count === 0
    ? `(in ${fields.join(", ")}) want no ${own.text}`
    : `${count === 1 ? "wants" : "want"} ${count} ${own.text} in human turns`;
  const found = held.map(({ mark, places }) => {
    const inTurns = turns.flatMap(({ field }, turn) => {
      const own = places.filter((place) => place.turn === turn).length;
      return own === 0 ? [] : [`${own} in ${field}`];
    });
    return `${places.length} ${mark.text} (${inTurns.join(", ")})`;
  });
  return new VitrailError(
    "dataset",
    `${where}: ${counted} ${wanted}, found ${found.length === 0 ? "none" : found.join(" and ")}`,
  );
}
