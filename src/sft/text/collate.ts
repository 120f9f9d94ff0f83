import { shown, VitrailError } from "../../errors.ts";
import { type OptionNames, requireOptions } from "../../given/given_options.ts";
import { requireGiven, requireObjects } from "../../given/given_value.ts";
import { longsOf } from "../../plan/integers.ts";
import { longRows, type LongTensor } from "../../text/long_tensor.ts";
import type { PositionTensor } from "../../text/positions/position_ids.ts";
import { conv2text } from "./conv2text.ts";
import { IGNORED } from "./labels.ts";
import { requireSample } from "./placeholders.ts";
import type { TextRow } from "./sample_text.ts";
import {
  type CollateSample,
  type PictureSpan,
  requireId,
  ROW_OPTIONS,
  rowOf,
  type TokenRowOptions,
} from "./token_row.ts";

/** Options for collating samples to a batch. */
export interface CollateOptions extends Omit<TokenRowOptions, "template" | "pictureId"> {
  /** The form of the conversations' text; absent: {@linkcode conv2text}. */
  readonly template?: TokenRowOptions["template"];
  /** The id at pictures' tokens, whose embeddings the features replace; absent: `padId`. */
  readonly pictureId?: number;
  /** The id after the end of a row that is shorter than the longest. */
  readonly padId: number;
}

const COLLATE_OPTIONS = { ...ROW_OPTIONS, padId: true } satisfies OptionNames<CollateOptions>;

/** Truth values `[samples, length]`, a byte each: 0 or 1. */
export interface BoolTensor {
  /** safetensors' name of the element type. */
  readonly dtype: "BOOL";
  /** `[samples, length]` */
  readonly shape: readonly [samples: number, length: number];
  /** The elements, one sample after another. */
  readonly data: Uint8Array;
}

/** A batch of conversations; its tensors have HuggingFace's names and are padded on the right. */
export interface Collated {
  /** Token ids; `pictureId` at pictures, `padId` at padding. */
  readonly input_ids: LongTensor;
  /** 1 for a token, 0 for padding. */
  readonly attention_mask: LongTensor;
  /** The ids to learn: a token's own id in answers, −100 at human turns, pictures and padding. */
  readonly labels: LongTensor;
  /** 1 at pictures' tokens. */
  readonly im_mask: BoolTensor;
  /** The kinds of tokens, 0 at padding; absent where a row does not say them. */
  readonly mm_token_type_ids?: LongTensor;
  /** The places of tokens `[axes, samples, length]`, 0 at padding; absent where a row has none. */
  readonly position_ids?: PositionTensor;
  /** The next token's position less the row's tokens, `[samples, 1]`; beside `position_ids`. */
  readonly rope_deltas?: PositionTensor;
  /** The places of each sample's pictures. */
  readonly spans: readonly (readonly PictureSpan[])[];
  /** The count of each sample's tokens before the cut to `maxLength`. */
  readonly lengths: readonly number[];
}

/**
 * Returns the batch of the samples: each is a row of tokens (see {@linkcode tokenRowOf}), padded to the
 * longest. Samples with and without pictures may stand in one batch.
 *
 * ```ts
 * import { collate, ixc25, planSample } from "@vitrail/vitrail";
 * import { assertEquals } from "@std/assert";
 *
 * const marks: Record<string, number> = {
 *   "</s>": 2,
 *   "[UNUSED_TOKEN_145]": 92542,
 *   "[UNUSED_TOKEN_146]": 92543,
 * };
 * const tokenizer = (text: string, special: boolean) => [
 *   ...(special ? [1] : []),
 *   ...text.match(/<\/s>|\[\w+\]|[^]/g)!.map((piece) => marks[piece] ?? 1000 + piece.charCodeAt(0)),
 * ];
 * const conversations = [
 *   { from: "human", value: "Image1 <ImageHere>; Image2 <ImageHere>; Compare." },
 *   { from: "bot", value: "They differ." },
 * ];
 * const { images } = planSample(ixc25(), [{ width: 1008, height: 1680 }, { width: 640, height: 480 }]);
 * const sample = { conversations, images: ["a.jpg", "b.jpg"], pictures: images };
 * const { input_ids, spans } = collate([sample], { tokenizer, maxLength: 16384, padId: 2 });
 * assertEquals(spans[0].map(({ length }) => length), images.map(({ tokens }) => tokens));
 * assertEquals(input_ids.shape[0], 1);
 * ```
 *
 * Sources: InternLM-XComposer `modeling_internlm_xcomposer2.py`: `interleav_wrap`, `text2emb` and
 * `mask_human_targets`.
 *
 * @throws {VitrailError} `dataset`, naming the sample, where placeholders and pictures differ in number, or
 * where a value holds tokens that end turns; `usage` for no samples, an unknown token count, an id that is
 * none, or a `maxLength` below 1.
 */
export function collate(samples: readonly CollateSample[], options: CollateOptions): Collated {
  requireOptions("collate", options, COLLATE_OPTIONS);
  requireGiven("collate: samples", samples, "a list", "[sample]");
  const { padId, maxLength } = options;
  if (samples.length === 0) throw new VitrailError("usage", "a batch needs at least one sample, found none");
  if (!Number.isSafeInteger(maxLength) || maxLength < 1) {
    throw new VitrailError("usage", `maxLength is a whole number from 1, found ${shown(maxLength)}`);
  }
  requireId("padId", padId);
  const rowOptions = {
    ...options,
    template: options.template ?? conv2text,
    pictureId: options.pictureId ?? padId,
  };
  for (const sample of samples) requireSample(sample, "collate");
  return batchOf(samples.map((sample) => rowOf(sample, rowOptions)), padId);
}

/**
 * Returns the batch of the rows, padded on the right to the longest.
 * @throws {VitrailError} `usage` for rows that are none, and for an id that is none.
 */
export function batchOf(rows: readonly TextRow[], padId: number): Collated {
  requireObjects("batchOf: rows", rows, "{ ids, labels, spans }");
  for (const [index, { ids, labels, spans }] of rows.entries()) {
    requireGiven(`batchOf: rows[${index}].ids`, ids, "an array of numbers", "an Int32Array");
    requireGiven(`batchOf: rows[${index}].labels`, labels, "an array of numbers", "an Int32Array");
    requireGiven(`batchOf: rows[${index}].spans`, spans, "a list");
  }
  requireId("padId", padId);
  const length = Math.max(0, ...rows.map(({ ids }) => ids.length));
  const shape = [rows.length, length] as const;
  const longs = (fill: number) => new BigInt64Array(rows.length * length).fill(BigInt(fill));
  const ids = longs(padId), attention = longs(0), labels = longs(IGNORED);
  const pictures = new Uint8Array(rows.length * length), types = ofAll(rows.map(({ types }) => types));
  for (const [index, row] of rows.entries()) {
    const at = index * length;
    for (let i = 0; i < row.ids.length; i++) {
      ids[at + i] = BigInt(row.ids[i]);
      labels[at + i] = BigInt(row.labels[i]);
    }
    attention.fill(1n, at, at + row.ids.length);
    if (row.types) pictures.set(row.types.map((type) => type === 0 ? 0 : 1), at);
    else for (const span of row.spans) pictures.fill(1, at + span.start, at + span.start + span.length);
  }
  return {
    input_ids: { dtype: "I64", shape, data: ids },
    attention_mask: { dtype: "I64", shape, data: attention },
    labels: { dtype: "I64", shape, data: labels },
    im_mask: { dtype: "BOOL", shape, data: pictures },
    ...(types && { mm_token_type_ids: longRows(types, length, 0) }),
    ...positionsOf(rows, length),
    spans: rows.map(({ spans }) => spans),
    lengths: rows.map(({ whole }) => whole),
  };
}

/** Returns what all rows have, in order; undefined where one has none. */
function ofAll<T>(values: readonly (T | undefined)[]): readonly T[] | undefined {
  return values.length > 0 && !values.includes(undefined) ? values as readonly T[] : undefined;
}

/** Returns the positions of rows, axis after axis; none where a row has none. */
function positionsOf(
  rows: readonly TextRow[],
  length: number,
): Pick<Collated, "position_ids" | "rope_deltas"> {
  const all = ofAll(rows.map(({ positions }) => positions));
  if (all === undefined) return {};
  const axes = Math.max(...all.map((positions, index) => positions.length / rows[index].ids.length));
  const places = Array.from({ length: axes }, (_, axis) =>
    all.map((positions, index) => {
      const own = rows[index].ids.length;
      return positions.subarray(axis * own, (axis + 1) * own);
    })).flat();
  const shape = [axes, rows.length, length], deltas = rows.map(({ ropeDelta = 0 }) => ropeDelta);
  if (all[0] instanceof Float32Array) {
    const data = new Float32Array(places.length * length);
    for (const [index, own] of places.entries()) data.set(own, index * length);
    const delta = { dtype: "F32", shape: [rows.length, 1], data: Float32Array.from(deltas) } as const;
    return { position_ids: { dtype: "F32", shape, data }, rope_deltas: delta };
  }
  return {
    position_ids: { ...longRows(places, length, 0), shape },
    rope_deltas: { dtype: "I64", shape: [rows.length, 1], data: longsOf(deltas) },
  };
}
