import { shown, VitrailError } from "../../errors.ts";
import { isObject, requireGiven } from "../../given/given_value.ts";

/** The most characters of a sample's id in messages. */
export const LONGEST_ID = 200;

/** A call of a tool, as chat templates take it. */
export interface ToolCall {
  /** The kind of tool. */
  readonly type: "function";
  /** The name by which the tool's answer tells what it answers; absent: none. */
  readonly id?: string;
  /** The tool's name, and the arguments that it gets. */
  readonly function: { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> };
}

/** The fields of a message beside its speaker and its content, as chat templates take them. */
export interface MessageFields {
  /** The tools that the model calls, after its words. */
  readonly tool_calls?: readonly ToolCall[];
  /** The call that a tool answers. */
  readonly tool_call_id?: string;
  /** The tool that answers, or the speaker's name. */
  readonly name?: string;
  /** The model's thoughts before its words. */
  readonly reasoning_content?: string;
}

/** One turn of a conversation, as data sets write it. */
export interface Turn {
  /**
   * The speaker: `human` or `user` in any case, `system`, `tool` and its other names; anything else is the
   * model.
   */
  readonly from: string;
  /** The text, with `<ImageHere>` in the place of each picture and clip. */
  readonly value: string;
  /** The other fields of its message; absent where it has none. */
  readonly fields?: MessageFields;
  /** False for a turn that the data set says is not to be learnt; absent: its role decides. */
  readonly learnt?: false;
}

/** The boxes and points of a sample, as ms-swift's `objects` gives them. */
export interface SampleObjects {
  /** Each box or point: x and y of its corners, or of the point. */
  readonly bbox: readonly (readonly number[])[];
  /** The names that stand for `<ref-object>` in the texts, in order. */
  readonly ref?: readonly string[];
  /** `real` for pixels, `norm1` for shares of a side; absent: pixels. */
  readonly bbox_type?: string;
  /** The picture of each box, by its place among the sample's, clips not counted; absent: the first. */
  readonly image_id?: readonly number[];
}

/** The times of a clip's frames, as far as they are known. */
export interface ClipTimes {
  /** The frames that stand in a second; absent: not known. */
  readonly fps?: number;
  /** The second of the film at which the first of them stands; absent: 0. */
  readonly start?: number;
}

/** One sample of a data set, as InternLM-XComposer-2.5 has it (`finetune/README.md`). */
export interface Sample {
  /** The data set's own name for the sample, a BigInt from 2⁵³ on; absent where it has none. */
  readonly id?: string | number | bigint;
  /** The turns, in order. */
  readonly conversations: readonly Turn[];
  /** The names of its pictures and of its clips' frames, in order; empty for text only. */
  readonly images: readonly string[];
  /** The ranges of `images` that are frames of one clip; absent where there is none. */
  readonly clips?: readonly (readonly [from: number, to: number])[];
  /** The times of each clip's frames, null where they are not said; absent where no clip's are. */
  readonly clipTimes?: readonly (ClipTimes | null)[];
  /** Its boxes and points, as they were given; absent where there are none. */
  readonly objects?: SampleObjects;
  /** The tools that the model may call, as chat templates take them; absent where there are none. */
  readonly tools?: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Returns the sample that a JSON value describes. `image` is a text, a list of texts, or absent or null for
 * text only. `id` may be absent or null.
 *
 * @param where the sample's name in messages, such as `sample 3 of data.json (line 12)`
 * @throws {VitrailError} `dataset`, with the field's name and value, where a field is not as the format says.
 */
export function sampleOf(value: unknown, where: string): Sample {
  requireGiven("sampleOf: where", where, "a text", `"sample 3 of data.json"`);
  if (!isObject(value)) {
    throw new VitrailError("dataset", `${where} is an object of fields, found ${shown(value)}`);
  }
  const { conversations, image, clips, clipTimes, objects, tools } = value;
  return {
    ...idOf(value, where),
    conversations: listOfTurns(conversations, where, "conversations").map((turn, index) =>
      turnOf(turn, where, `conversations[${index}]`)
    ),
    images: imagesOf(image, where),
    ...(isClips(clips) && { clips }),
    ...(Array.isArray(clipTimes) && { clipTimes }),
    ...(isObjects(objects) && { objects }),
    ...(Array.isArray(tools) && { tools }),
  };
}

/**
 * Returns a record's `id`, where it has one.
 * @throws {VitrailError} `dataset` for one that is neither a text nor a number.
 */
export function idOf({ id }: Readonly<Record<string, unknown>>, where: string): Pick<Sample, "id"> {
  if (id === undefined || id === null) return {};
  if (typeof id === "string" || typeof id === "number" && Number.isFinite(id)) return { id };
  if (typeof id === "bigint") return { id: Number.isSafeInteger(Number(id)) ? Number(id) : id };
  throw fieldMisfit(where, "id", id, "a text or a number");
}

/**
 * Returns a list of turns, which are not looked at.
 * @throws {VitrailError} `dataset` for what is no list, or an empty one.
 */
export function listOfTurns(value: unknown, where: string, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw fieldMisfit(where, field, value, "a list of turns");
  if (value.length === 0) throw fieldMisfit(where, field, value, "a list of at least one turn");
  return value;
}

function turnOf(value: unknown, where: string, field: string): Turn {
  if (typeof value !== "object" || value === null) {
    throw fieldMisfit(where, field, value, 'a turn, {"from": …, "value": …}');
  }
  const { from, value: text, fields, learnt } = value as Record<string, unknown>;
  if (typeof from !== "string" || from === "") {
    throw fieldMisfit(where, `${field}.from`, from, "a text: human, user, bot or the like");
  }
  if (typeof text !== "string") throw fieldMisfit(where, `${field}.value`, text, "a text");
  return {
    from,
    value: text,
    ...(typeof fields === "object" && fields !== null && { fields }),
    ...(learnt === false && { learnt }),
  };
}

function imagesOf(value: unknown, where: string): string[] {
  if (value === undefined || value === null || value === "") return [];
  const list = Array.isArray(value) ? value : [value];
  for (const [index, name] of list.entries()) {
    if (typeof name === "string" && name !== "") continue;
    throw fieldMisfit(where, list === value ? `image[${index}]` : "image", name, "a picture's path");
  }
  return list;
}

function isClips(value: unknown): value is [number, number][] {
  return Array.isArray(value) &&
    value.every((range) => Array.isArray(range) && range.length === 2 && range.every(Number.isSafeInteger));
}

/** Says whether a value is boxes and points as {@linkcode SampleObjects} holds them. */
export function isObjects(value: unknown): value is SampleObjects {
  const { bbox, ref, image_id } = (value ?? {}) as Record<string, unknown>;
  return Array.isArray(bbox) && bbox.every((box) => isListOf("number", box)) &&
    isListOf("string", ref ?? []) && isListOf("number", image_id ?? []);
}

function isListOf(type: "number" | "string", value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === type && !Number.isNaN(item));
}

/** Returns the `dataset` error of a field that is not as its format says. */
export function fieldMisfit(where: string, field: string, found: unknown, expected: string): VitrailError {
  return new VitrailError("dataset", `${where}: ${field} is ${shownValue(found)}, expected ${expected}`);
}

/** Returns a value as messages show it, in 40 characters at most, or in `most`. */
export function shownValue(value: unknown, most = 40): string {
  if (value === undefined) return "missing";
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return typeof value === "bigint" ? `${value}` : shown(value, most + 1);
}
